// A question in front of the page: <dialog> keeps the focus inside, and Escape means no.
import { html, useEffect, useId, useRef, useState } from "../base/html.js";
import { Problem } from "./basics.js";

// `act` does what is asked for, and may refuse; `typed` is what has to be typed first, if anything.
export function Dialog({ title, yes, danger, typed, act, close, children }) {
  const dialog = useRef();
  const id = useId();
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const [text, setText] = useState("");
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current.showModal();
    return () => opener?.isConnected && opener.focus();
  }, []);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await act();
      close();
    } catch (refusal) {
      setProblem(refusal.problem ?? { detail: refusal.message });
      setBusy(false);
    }
  };
  return html`<dialog ref=${dialog} aria-labelledby=${id} onCancel=${close} onClose=${close}>
    <form onSubmit=${submit}>
      <h2 id=${id}>${title}</h2>
      ${children}
      ${typed && html`<label class="typed">Type <code>${typed}</code> to go on
        <input autocomplete="off" spellcheck=${false} value=${text} onInput=${(event) => setText(event.target.value)} />
      </label>`}
      <${Problem} problem=${problem} />
      <div class="buttons">
        <button type="button" onClick=${close}>No, leave it</button>
        <button class=${danger ? "danger" : "primary"} disabled=${busy || (typed && text !== typed)}>${yes}</button>
      </div>
    </form>
  </dialog>`;
}
