// A question in front of the page: <dialog> keeps the focus inside, and Escape means no. It is always the browser that
// closes it, for then the focus is back at what opened it before anything is taken away; a dialog that is removed while
// it is open leaves the focus nowhere.
import { html, useEffect, useId, useRef, useState } from "../base/html.js";
import { Problem } from "./basics.js";

// `act` does what is asked for, and may refuse; `typed` is what has to be typed first, if anything.
export function Dialog({ title, yes, danger, typed, act, close, children }) {
  const dialog = useRef();
  const id = useId();
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const [text, setText] = useState("");
  useEffect(() => dialog.current.showModal(), []);
  const leave = () => dialog.current?.close();
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await act();
      leave();
    } catch (refusal) {
      setProblem(refusal.problem ?? { detail: refusal.message });
      setBusy(false);
    }
  };
  return html`<dialog ref=${dialog} aria-labelledby=${id} onClose=${close}>
    <form onSubmit=${submit}>
      <h2 id=${id}>${title}</h2>
      ${children}
      ${typed && html`<label class="typed">Type <code>${typed}</code> to go on
        <input autocomplete="off" spellcheck=${false} value=${text} onInput=${(event) => setText(event.target.value)} />
      </label>`}
      <${Problem} problem=${problem} />
      <div class="buttons">
        <button type="button" onClick=${leave}>No, leave it</button>
        <button class=${danger ? "danger" : "primary"} disabled=${busy || (typed && text !== typed)}>${yes}</button>
      </div>
    </form>
  </dialog>`;
}
