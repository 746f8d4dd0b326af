// The part of a browser's document that plotly.js draws on: elements, attributes, styles, selectors, text boxes.
// Text is measured with `fontWidths`, a list of [code point, thousandths of an em] for a plain and a bold face.
"use strict";
const SVG = "http://www.w3.org/2000/svg", HTML = "http://www.w3.org/1999/xhtml";
const ASCENT = 0.97, DESCENT = 0.24, LINE = 1.3, UNKNOWN = 0.6;
const hyphened = (name) => name.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
const escaped = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const quoted = (text) => escaped(text).replace(/"/g, "&quot;");

class EventTarget_ {
  addEventListener() {}
  removeEventListener() {}
  dispatchEvent() { return true; }
}

class Node extends EventTarget_ {
  constructor(type, name) {
    super();
    this.nodeType = type; this.nodeName = name; this.parentNode = null; this.childNodes = [];
  }
  get ownerDocument() { return document; }
  get parentElement() { return this.parentNode && this.parentNode.nodeType === 1 ? this.parentNode : null; }
  get firstChild() { return this.childNodes[0] || null; }
  get lastChild() { return this.childNodes[this.childNodes.length - 1] || null; }
  get nextSibling() { return this.beside(1); }
  get previousSibling() { return this.beside(-1); }
  get isConnected() { return document.contains(this); }
  beside(step) {
    if (!this.parentNode) return null;
    const all = this.parentNode.childNodes;
    return all[all.indexOf(this) + step] || null;
  }
  contains(other) {
    for (let at = other; at; at = at.parentNode) if (at === this) return true;
    return false;
  }
  getRootNode() { let at = this; while (at.parentNode) at = at.parentNode; return at; }
  hasChildNodes() { return this.childNodes.length > 0; }
  appendChild(child) { return this.insertBefore(child, null); }
  insertBefore(child, before) {
    if (child.nodeType === 11) {
      for (const each of [...child.childNodes]) this.insertBefore(each, before);
      return child;
    }
    if (child.parentNode) child.parentNode.removeChild(child);
    const place = before ? this.childNodes.indexOf(before) : -1;
    if (place < 0) this.childNodes.push(child); else this.childNodes.splice(place, 0, child);
    child.parentNode = this;
    return child;
  }
  removeChild(child) {
    const place = this.childNodes.indexOf(child);
    if (place >= 0) this.childNodes.splice(place, 1);
    child.parentNode = null;
    return child;
  }
  replaceChild(fresh, old) { this.insertBefore(fresh, old); return this.removeChild(old); }
  remove() { if (this.parentNode) this.parentNode.removeChild(this); }
  append(...all) { for (const each of all) this.appendChild(typeof each === "string" ? new Text(each) : each); }
  get textContent() { return this.childNodes.map((each) => each.textContent).join(""); }
  set textContent(text) {
    for (const each of [...this.childNodes]) this.removeChild(each);
    if (text !== "" && text != null) this.appendChild(new Text(String(text)));
  }
  compareDocumentPosition(other) {
    if (this === other) return 0;
    if (this.contains(other)) return 20;
    if (other.contains(this)) return 10;
    const mine = path(this), theirs = path(other);
    if (mine[0] !== theirs[0]) return 1;
    for (let n = 1; ; n++) {
      if (mine[n] === theirs[n]) continue;
      const all = mine[n - 1].childNodes;
      return all.indexOf(mine[n]) < all.indexOf(theirs[n]) ? 4 : 2;
    }
  }
}
function path(node) { const all = []; for (let at = node; at; at = at.parentNode) all.unshift(at); return all; }

class Text extends Node {
  constructor(text) { super(3, "#text"); this.data = String(text); }
  get nodeValue() { return this.data; }
  set nodeValue(text) { this.data = String(text); }
  get textContent() { return this.data; }
  set textContent(text) { this.data = String(text); }
  cloneNode() { return new Text(this.data); }
}

class Style {
  constructor() { Object.defineProperty(this, "known", { value: new Map() }); }
  setProperty(name, value) {
    if (value == null || value === "") this.known.delete(name); else this.known.set(hyphened(name), String(value));
  }
  getPropertyValue(name) { return this.known.get(name) || ""; }
  getPropertyPriority() { return ""; }
  removeProperty(name) { const old = this.getPropertyValue(name); this.known.delete(name); return old; }
  get cssText() { return [...this.known].map(([name, value]) => `${name}: ${value};`).join(" "); }
  set cssText(text) {
    this.known.clear();
    for (const part of String(text).split(/;(?![^(]*\))/)) {
      const colon = part.indexOf(":");
      if (colon > 0) this.setProperty(part.slice(0, colon).trim(), part.slice(colon + 1).replace("!important", "").trim());
    }
  }
}
const styled = () => new Proxy(new Style(), {
  get: (style, name) => (name in style ? (typeof style[name] === "function" ? style[name].bind(style) : style[name])
    : typeof name === "string" ? style.getPropertyValue(hyphened(name)) : undefined),
  set: (style, name, value) => {
    if (name === "cssText") style.cssText = value; else style.setProperty(hyphened(name), value);
    return true;
  },
});

class ClassList {
  constructor(element) { this.element = element; }
  get all() { return (this.element.getAttribute("class") || "").split(/\s+/).filter(Boolean); }
  contains(name) { return this.all.includes(name); }
  add(...names) { this.element.setAttribute("class", [...new Set([...this.all, ...names])].join(" ")); }
  remove(...names) { this.element.setAttribute("class", this.all.filter((each) => !names.includes(each)).join(" ")); }
  toggle(name, on = !this.contains(name)) { if (on) this.add(name); else this.remove(name); return on; }
}

class Element extends Node {
  constructor(name, space) {
    super(1, space === HTML ? name.toUpperCase() : name);
    this.localName = name; this.namespaceURI = space; this.tagName = this.nodeName;
    this.attributesByName = new Map(); this.style = styled(); this.classList = new ClassList(this);
    this.clientWidth = this.clientHeight = this.offsetWidth = this.offsetHeight = this.scrollTop = this.scrollLeft = 0;
  }
  get attributes() { return [...this.attributesByName].map(([name, value]) => ({ name, value, localName: name })); }
  get id() { return this.getAttribute("id") || ""; }
  set id(value) { this.setAttribute("id", value); }
  get className() { return this.getAttribute("class") || ""; }
  set className(value) { this.setAttribute("class", value); }
  get children() { return this.childNodes.filter((each) => each.nodeType === 1); }
  get firstElementChild() { return this.children[0] || null; }
  get previousElementSibling() { const all = this.parentNode.children; return all[all.indexOf(this) - 1] || null; }
  get nextElementSibling() { const all = this.parentNode.children; return all[all.indexOf(this) + 1] || null; }
  get sheet() { return { cssRules: [], insertRule() {}, deleteRule() {} }; }
  get dataset() { return {}; }
  get ownerSVGElement() { return this.closest("svg"); }
  setAttribute(name, value) {
    if (name === "style") this.style.cssText = value; else this.attributesByName.set(name, String(value));
  }
  getAttribute(name) {
    if (name === "style") return this.style.cssText || null;
    return this.attributesByName.has(name) ? this.attributesByName.get(name) : null;
  }
  hasAttribute(name) { return this.getAttribute(name) !== null; }
  removeAttribute(name) { if (name === "style") this.style.cssText = ""; else this.attributesByName.delete(name); }
  setAttributeNS(space, name, value) { this.setAttribute(name, value); }
  getAttributeNS(space, name) { return this.getAttribute(name); }
  removeAttributeNS(space, name) { this.removeAttribute(name); }
  cloneNode(deep) {
    const copy = document.createElementNS(this.namespaceURI, this.localName);
    for (const [name, value] of this.attributesByName) copy.attributesByName.set(name, value);
    copy.style.cssText = this.style.cssText;
    if (deep) for (const each of this.childNodes) copy.appendChild(each.cloneNode(true));
    return copy;
  }
  *within() { for (const each of this.children) { yield each; yield* each.within(); } }
  querySelectorAll(selector) { const test = compiled(selector); return [...this.within()].filter(test); }
  querySelector(selector) {
    const test = compiled(selector);
    for (const each of this.within()) if (test(each)) return each;
    return null;
  }
  getElementsByTagName(name) { return [...this.within()].filter((each) => name === "*" || each.localName === name); }
  getElementsByClassName(name) { return [...this.within()].filter((each) => each.classList.contains(name)); }
  matches(selector) { return compiled(selector)(this); }
  closest(selector) { for (let at = this; at && at.nodeType === 1; at = at.parentNode) if (at.matches(selector)) return at; return null; }
  focus() {}
  blur() {}
  getContext() { return this.localName === "canvas" ? (this.context = this.context || new Context(this)) : null; }
  toDataURL() { return this.getContext().dataUrl(); }
  getBBox() { return boxOf(this) || rectangle(0, 0, 0, 0); }
  getBoundingClientRect() { return this.namespaceURI === SVG ? this.getBBox() : rectangle(0, 0, 0, 0); }
  getComputedTextLength() { const box = boxOf(this); return box ? box.width : 0; }
  getTotalLength() { return lengthOf(this.getAttribute("d") || ""); }
  getPointAtLength(length) { return pointAt(this.getAttribute("d") || "", length); }
  get transform() { return { baseVal: { consolidate: () => null, numberOfItems: 0 } }; }
  getCTM() { return { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0, inverse() { return this; } }; }
  getScreenCTM() { return this.getCTM(); }
  createSVGPoint() { return { x: 0, y: 0, matrixTransform() { return this; } }; }
  get innerHTML() { return this.childNodes.map(serialised).join(""); }
  set innerHTML(text) { this.textContent = ""; if (text) this.appendChild(new Text(text)); }
  get outerHTML() { return serialised(this); }
}

// --- selectors: tag, #id, .class, [name=value], :not(…), descendants and children ------------------------------------
const selectors = new Map();
function compiled(selector) {
  if (!selectors.has(selector)) selectors.set(selector, anyOf(selector.split(",").map((each) => chain(each.trim()))));
  return selectors.get(selector);
}
const anyOf = (tests) => (element) => tests.some((test) => test(element));
function chain(selector) {
  const parts = selector.replace(/\s*>\s*/g, " >").split(/\s+/).filter(Boolean);
  const steps = parts.map((part) => ({ isChild: part[0] === ">", test: simple(part.replace(/^>/, "")) }));
  const holds = (element, n) => {
    if (!steps[n].test(element)) return false;
    if (n === 0) return true;
    for (let at = element.parentNode; at && at.nodeType === 1; at = at.parentNode) {
      if (holds(at, n - 1)) return true;
      if (steps[n].isChild) return false;
    }
    return false;
  };
  return (element) => holds(element, steps.length - 1);
}
const compares = {
  "=": (has, value) => has === value, "^=": (has, value) => has.startsWith(value), "$=": (has, value) => has.endsWith(value),
  "*=": (has, value) => has.includes(value), "~=": (has, value) => has.split(/\s+/).includes(value),
  "|=": (has, value) => has === value || has.startsWith(value + "-"),
};
function simple(part) {
  const tests = [];
  part = part.replace(/:not\(([^)]*)\)/g, (_, inner) => { const test = simple(inner); tests.push((e) => !test(e)); return ""; });
  for (const piece of part.match(/[#.]?[\w*-]+|\[[^\]]*\]|:[\w-]+(\([^)]*\))?/g) || []) {
    if (piece[0] === "#") tests.push((e) => e.id === piece.slice(1));
    else if (piece[0] === ".") tests.push((e) => e.classList.contains(piece.slice(1)));
    else if (piece[0] === "[") {
      const [, name, operator, value] = piece.match(/\[([\w:-]+)([~^$*|]?=)?["']?([^"'\]]*)["']?\]/);
      tests.push((e) => e.hasAttribute(name) && (!operator || compares[operator](e.getAttribute(name), value)));
    } else if (piece === ":first-child") tests.push((e) => e.parentNode && e.parentNode.children[0] === e);
    else if (piece === ":last-child") tests.push((e) => e.parentNode && e.parentNode.children.at(-1) === e);
    else if (piece[0] === ":") tests.push(() => false);
    else if (piece !== "*") tests.push((e) => e.localName === piece.toLowerCase() || e.localName === piece);
  }
  return (element) => tests.every((test) => test(element));
}

// --- boxes -----------------------------------------------------------------------------------------------------------
function rectangle(x, y, width, height) {
  return { x, y, width, height, left: x, top: y, right: x + width, bottom: y + height };
}
function union(boxes) {
  const all = boxes.filter(Boolean);
  if (!all.length) return null;
  const left = Math.min(...all.map((b) => b.left)), top = Math.min(...all.map((b) => b.top));
  return rectangle(left, top, Math.max(...all.map((b) => b.right)) - left, Math.max(...all.map((b) => b.bottom)) - top);
}
const number = (text) => { const value = parseFloat(text); return Number.isFinite(value) ? value : 0; };
function boxOf(element) {
  if (element.nodeType !== 1 || element.style.getPropertyValue("display") === "none") return null;
  const at = (name) => number(element.getAttribute(name));
  switch (element.localName) {
    case "text": return textBox(element);
    case "tspan": return textBox(element);
    case "rect": case "image": case "svg": case "foreignObject": return rectangle(at("x"), at("y"), at("width"), at("height"));
    case "circle": return rectangle(at("cx") - at("r"), at("cy") - at("r"), 2 * at("r"), 2 * at("r"));
    case "line": return union([rectangle(at("x1"), at("y1"), 0, 0), rectangle(at("x2"), at("y2"), 0, 0)]);
    case "path": return union(points(element.getAttribute("d") || "").map(([x, y]) => rectangle(x, y, 0, 0)));
    case "clipPath": case "defs": case "style": case "title": return null;
    default: return union(element.children.map((child) => moved(boxOf(child), child.getAttribute("transform"))));
  }
}
function moved(box, transform) {
  if (!box || !transform) return box;
  let { left, top, width, height } = box;
  for (const [, name, values] of [...transform.matchAll(/(\w+)\(([^)]*)\)/g)].reverse()) {
    const v = values.split(/[\s,]+/).map(number);
    if (name === "translate") { left += v[0]; top += v[1] || 0; }
    if (name === "scale") { const b = v.length > 1 ? v[1] : v[0]; left *= v[0]; top *= b; width *= v[0]; height *= b; }
    if (name === "rotate") {
      const angle = (v[0] * Math.PI) / 180, cos = Math.cos(angle), sin = Math.sin(angle), [cx, cy] = [v[1] || 0, v[2] || 0];
      const corners = [[left, top], [left + width, top], [left, top + height], [left + width, top + height]]
        .map(([x, y]) => [cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos]);
      const turned = union(corners.map(([x, y]) => rectangle(x, y, 0, 0)));
      ({ left, top, width, height } = turned);
    }
  }
  return rectangle(left, top, width, height);
}
function inherited(element, name) {
  for (let at = element; at && at.nodeType === 1; at = at.parentNode) {
    const found = at.style.getPropertyValue(name) || at.getAttribute(name);
    if (found) return found;
  }
  return "";
}
function fontSize(element) {
  const own = element.nodeType === 1 ? element.style.getPropertyValue("font-size") || element.getAttribute("font-size") || "" : "";
  const above = () => (element.parentNode && element.parentNode.nodeType === 1 ? fontSize(element.parentNode) : 12);
  if (!own) return above();
  if (own.endsWith("%")) return (above() * number(own)) / 100;
  return own.endsWith("em") ? above() * number(own) : number(own);
}
// Signs of Chinese, Japanese and Korean are as wide as they are high; their font has too many to hand over.
function isSquare(point) {
  return (point >= 0x2e80 && point <= 0xa4cf) || (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff)
    || (point >= 0xfe30 && point <= 0xfe4f) || (point >= 0xff00 && point <= 0xff60) || point >= 0x20000;
}
function textWidth(text, element) {
  const isBold = /bold|[6-9]00/.test(inherited(element, "font-weight"));
  const widths = fontWidths[isBold ? 1 : 0];
  let total = 0;
  for (const sign of text) {
    const point = sign.codePointAt(0), known = widths[point];
    total += known !== undefined ? known / 1000 : isSquare(point) ? 1 : UNKNOWN;
  }
  return total * fontSize(element);
}
// Lines are tspans with an x of their own; other tspans go on in the line.
function textBox(element) {
  const lines = [];
  const start = (y, x) => lines.push({ width: 0, y, x, size: fontSize(element) });
  const x0 = number(element.getAttribute("x")), y0 = number(element.getAttribute("y"));
  start(y0, x0);
  const walk = (node) => {
    for (const child of node.childNodes) {
      const line = lines[lines.length - 1];
      if (child.nodeType === 3) { line.width += textWidth(child.data, node); continue; }
      if (child.localName !== "tspan" && child.localName !== "a") continue;
      const dy = child.getAttribute("dy") || "";
      const shift = dy.endsWith("em") ? number(dy) * fontSize(child) : number(dy);
      if (child.classList.contains("line")) {
        const y = (child.hasAttribute("y") ? number(child.getAttribute("y")) : y0) + shift;
        const x = child.hasAttribute("x") ? number(child.getAttribute("x")) : x0;
        if (line.width === 0) Object.assign(line, { y, x }); else start(y, x);
      }
      walk(child);
    }
  };
  walk(element);
  const anchor = inherited(element, "text-anchor");
  const boxes = lines.filter((line) => line.width > 0).map(({ width, y, x, size }) => {
    const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
    return rectangle(left, y - ASCENT * size, width, (ASCENT + DESCENT) * size);
  });
  return union(boxes) || rectangle(x0, y0, 0, 0);
}
function points(d) {
  const found = [];
  let x = 0, y = 0, startX = 0, startY = 0;
  for (const [, command, values] of d.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const v = (values.match(/-?[\d.]+(?:e-?\d+)?/gi) || []).map(number);
    const isRelative = command === command.toLowerCase(), kind = command.toUpperCase();
    const size = { M: 2, L: 2, T: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, A: 7, Z: 0 }[kind];
    if (kind === "Z") { [x, y] = [startX, startY]; found.push([x, y]); continue; }
    for (let n = 0; n + size <= v.length && size; n += size) {
      const px = isRelative ? x : 0, py = isRelative ? y : 0;
      if (kind === "H") x = v[n] + px;
      else if (kind === "V") y = v[n] + py;
      else { x = v[n + size - 2] + px; y = v[n + size - 1] + py; }
      if (kind === "M" && n === 0) [startX, startY] = [x, y];
      found.push([x, y]);
    }
  }
  return found;
}
function lengthOf(d) {
  const all = points(d);
  return all.slice(1).reduce((sum, [x, y], n) => sum + Math.hypot(x - all[n][0], y - all[n][1]), 0);
}
function pointAt(d, length) {
  const all = points(d);
  let left = length;
  for (let n = 1; n < all.length; n++) {
    const [[ax, ay], [bx, by]] = [all[n - 1], all[n]], part = Math.hypot(bx - ax, by - ay);
    if (part >= left && part > 0) return { x: ax + ((bx - ax) * left) / part, y: ay + ((by - ay) * left) / part };
    left -= part;
  }
  const [x, y] = all.at(-1) || [0, 0];
  return { x, y };
}

// --- a canvas that keeps its rectangles: heat maps stay vectors ------------------------------------------------------
class Context {
  constructor(canvas) { this.canvas = canvas; this.marks = []; this.fillStyle = "#000"; this.font = "12px sans-serif"; }
  fillRect(x, y, width, height) { this.mark(x, y, width, height, this.fillStyle); }
  mark(x, y, width, height, fill) { this.marks.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${quoted(fill)}"/>`); }
  clearRect() { this.marks = []; }
  getImageData(x, y, width, height) { return this.createImageData(width, height); }
  createImageData(width, height) { return { width, height, data: new Uint8ClampedArray(width * height * 4) }; }
  putImageData({ width, height, data }) {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
      const n = (y * width + x) * 4;
      if (data[n + 3]) this.mark(x, y, 1, 1, `rgba(${data[n]},${data[n + 1]},${data[n + 2]},${data[n + 3] / 255})`);
    }
  }
  measureText(text) { return { width: textWidth(String(text), document.body) }; }
  dataUrl() {
    const width = number(this.canvas.width), height = number(this.canvas.height);
    const svg = `<svg xmlns="${SVG}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" shape-rendering="crispEdges">${this.marks.join("")}</svg>`;
    return "data:image/svg+xml;utf8," + encodeURIComponent(svg);
  }
  beginPath() {} closePath() {} moveTo() {} lineTo() {} stroke() {} fill() {} save() {} restore() {} setTransform() {} translate() {} scale() {} drawImage() {} arc() {} rect() {} clip() {}
}

// --- writing ---------------------------------------------------------------------------------------------------------
function serialised(node) {
  if (node.nodeType === 3) return escaped(node.data);
  const attributes = new Map(node.attributesByName);
  if (node.style.cssText) attributes.set("style", node.style.cssText);
  const isRoot = node.localName === "svg" && !(node.parentNode && node.parentNode.namespaceURI === SVG);
  if (isRoot) { attributes.set("xmlns", SVG); attributes.set("xmlns:xlink", "http://www.w3.org/1999/xlink"); }
  const written = [...attributes].map(([name, value]) => ` ${name === "href" ? "xlink:href" : name}="${quoted(value)}"`).join("");
  return `<${node.localName}${written}>${node.childNodes.map(serialised).join("")}</${node.localName}>`;
}

// --- the document and the window -------------------------------------------------------------------------------------
class Document extends Node {
  constructor() { super(9, "#document"); this.readyState = "complete"; this.hidden = false; }
  get defaultView() { return globalThis; }
  createElement(name) { return new Element(name.toLowerCase(), HTML); }
  createElementNS(space, name) { return new Element(name, space); }
  createTextNode(text) { return new Text(text); }
  createComment() { return new Text(""); }
  createDocumentFragment() { return new Node(11, "#document-fragment"); }
  get children() { return [this.documentElement]; }
  getElementById(id) { return this.documentElement.querySelector(`#${id}`); }
  querySelector(selector) { return this.documentElement.matches(selector) ? this.documentElement : this.documentElement.querySelector(selector); }
  querySelectorAll(selector) { return this.documentElement.querySelectorAll(selector); }
  getElementsByTagName(name) { return this.documentElement.getElementsByTagName(name); }
  get implementation() { return { createHTMLDocument: () => new Document() }; }
  get fonts() { return { ready: Promise.resolve(), load: () => Promise.resolve([]) }; }
}
globalThis.document = new Document();
document.documentElement = document.appendChild(document.createElement("html"));
document.head = document.documentElement.appendChild(document.createElement("head"));
document.body = document.documentElement.appendChild(document.createElement("body"));

const waiting = [];
let timers = 0;
Object.assign(globalThis, {
  window: globalThis, self: globalThis, Node, Element, HTMLElement: Element, SVGElement: Element, Text, Document,
  navigator: { userAgent: "Mozilla/5.0 Chrome/140.0", language: "en", platform: "" },
  location: { href: "about:blank", protocol: "https:", host: "" },
  devicePixelRatio: 1, innerWidth: 1200, innerHeight: 900, pageXOffset: 0, pageYOffset: 0,
  screen: { width: 1200, height: 900 }, performance: { now: () => Date.now() },
  addEventListener() {}, removeEventListener() {}, dispatchEvent() { return true; },
  matchMedia: () => ({ matches: false, addListener() {}, addEventListener() {} }),
  getComputedStyle: (element) => new Proxy({}, {
    get: (_, name) => name === "getPropertyValue" ? (each) => inherited(element, each) : typeof name === "string" ? inherited(element, hyphened(name)) : undefined,
  }),
  setTimeout: (act, _, ...given) => { waiting.push([++timers, () => act(...given)]); return timers; },
  clearTimeout: (id) => { const place = waiting.findIndex(([each]) => each === id); if (place >= 0) waiting.splice(place, 1); },
  setInterval: () => 0, clearInterval() {},
  requestAnimationFrame: (act) => globalThis.setTimeout(() => act(Date.now())),
  cancelAnimationFrame: (id) => globalThis.clearTimeout(id),
  XMLSerializer: class { serializeToString(node) { return serialised(node); } },
  DOMParser: class { parseFromString() { return new Document(); } },
  MutationObserver: class { observe() {} disconnect() {} }, ResizeObserver: class { observe() {} disconnect() {} },
  TextDecoder: class { decode() { return ""; } }, TextEncoder: class { encode() { return new Uint8Array(); } },
  Worker: class {}, ImageData: class {}, AbortController: class {}, XMLHttpRequest: class {}, Request: class {},
  Image: class {}, Event: class {}, CustomEvent: class {},
  URL: { createObjectURL: () => "", revokeObjectURL() {} }, Blob: class {},
  console: new Proxy({}, { get: () => () => {} }),
});
