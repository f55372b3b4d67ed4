// The small parts that every page has: times, problems, copy buttons, fields, headings.
import { html, useEffect, useId, useRef, useState } from "../base/html.js";
import { relativeText, timeText } from "../base/format.js";

// The page's heading, and the title of its tab. It takes the focus when the page opens, so that a screen reader begins there.
export function PageTitle({ children }) {
  const heading = useRef();
  useEffect(() => {
    heading.current.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  useEffect(() => void (document.title = `${heading.current.textContent.trim()} – custdkim`));
  return html`<h1 tabindex="-1" ref=${heading}>${children}</h1>`;
}

export const Time = ({ at, now }) =>
  html`<time datetime=${new Date(at).toISOString()} title=${timeText(at)}>${now === undefined ? timeText(at) : relativeText(at, now)}</time>`;

export function Problem({ problem, children }) {
  if (!problem) return null;
  return html`<div class="problem" role="alert">
    <p><strong>${problem.title ?? "Refused"}.</strong> ${problem.detail}</p>
    ${children}
  </div>`;
}

export const Loading = ({ what }) => html`<p class="quiet" role="status">Loading ${what} …</p>`;

async function copy(text, fallback) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS a browser has no clipboard for us: what is marked can be copied by hand.
    getSelection().selectAllChildren(fallback);
    return false;
  }
}

// A value with a button that copies it. `what` names it: "target".
export function Copyable({ what, value }) {
  const [told, setTold] = useState("");
  const shown = useRef();
  useEffect(() => {
    if (!told) return;
    const timer = setTimeout(() => setTold(""), 2500);
    return () => clearTimeout(timer);
  }, [told]);
  const click = async () => setTold((await copy(value, shown.current)) ? "Copied" : "Marked: press Ctrl+C");
  return html`<span class="copyable">
    <code ref=${shown}>${value}</code>
    <button type="button" class="small" onClick=${click} aria-label=${`Copy ${what}`}>${told || "Copy"}</button>
    <span class="unseen" role="status">${told && `${what}: ${told}`}</span>
  </span>`;
}

// A labelled control with what it means below it, and the refusal where there is one. `control` is given the ids.
export function Field({ label, hint, refusal, control }) {
  const id = useId();
  const described = [hint && `${id}-hint`, refusal && `${id}-refusal`].filter(Boolean).join(" ");
  return html`<div class=${refusal ? "field refused" : "field"}>
    <label for=${id}>${label}</label>
    ${control({ id, "aria-describedby": described || undefined, "aria-invalid": refusal ? "true" : undefined })}
    ${refusal && html`<p class="refusal" id=${`${id}-refusal`} role="alert">${refusal}</p>`}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

// What a value is called, and the value: pairs of them.
export const Facts = ({ facts }) => html`<dl class="facts">
  ${facts.filter(([, value]) => value !== undefined && value !== null && value !== false).map(
    ([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`,
  )}
</dl>`;
