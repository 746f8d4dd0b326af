"""What of the settings is shown."""

import pytest

from services.settings import Settings


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", "OpenAI"),
        ("https://models.example:8443/v1", "models.example:8443"),
        ("https://someone:s3cret@models.example/v1?key=s3cret", "models.example"),
        ("s3cret", "a server of your own"),
    ],
)
def test_the_provider_is_named_without_a_secret(url: str, shown: str) -> None:
    assert Settings(openai_base_url=url).provider == shown
