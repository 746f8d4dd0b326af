"""Asks a rival the question of `benchmarks.overhead`; runs in the rival's own environment, imports nothing of ours.

`python overhead.py pandasai|langchain URL TABLE.parquet QUESTION TIMES` prints one JSON object.
"""

import json
import sys
import time


def pandasai(url, frame, question):
    import pandasai as rival
    from pandasai_litellm.litellm import LiteLLM

    model = LiteLLM(model="openai/scripted", api_base=url, api_key="sk-scripted")
    rival.config.set({"llm": model, "verbose": False})
    table = rival.DataFrame(frame)
    return lambda: str(table.chat(question))


def langchain(url, frame, question):
    from langchain_experimental.agents import create_pandas_dataframe_agent
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model="scripted", base_url=url, api_key="sk-scripted", temperature=0)
    # It runs what the model writes in its own process, and has to be told that this is wanted.
    wanted = {"_".join(("allow", "dangerous", "code")): True}
    agent = create_pandas_dataframe_agent(model, frame, agent_type="zero-shot-react-description", **wanted)
    return lambda: str(agent.invoke(question)["output"])


def main(name, url, path, question, times):
    import pandas as pd

    started = time.perf_counter()
    frame = pd.read_parquet(path)
    loaded = time.perf_counter()
    ask = {"pandasai": pandasai, "langchain": langchain}[name](url, frame, question)
    ready = time.perf_counter()
    seconds, text = [], ""
    for _ in range(int(times)):
        before = time.perf_counter()
        text = ask()
        seconds.append(time.perf_counter() - before)
    told = {"seconds": seconds, "load": loaded - started, "set_up": ready - loaded, "text": text[-300:]}
    sys.stdout.write("\n" + json.dumps(told) + "\n")


main(*sys.argv[1:])
