// The Activate button. Grey, with the reason beside it, until all CNAMEs are right; then it turns on by itself: while
// the page is open and in sight the CNAMEs are looked at now and then, less often the longer it takes.
import { html, useEffect, useRef, useState } from "../base/html.js";
import { askForKey, keyPath } from "../base/api.js";
import { countText } from "../base/format.js";
import { Problem } from "./basics.js";
import { LabCustomer } from "./lab_customer.js";
import { outcomeOf } from "./state.js";

const firstPause = 4000, longestPause = 300000, growth = 1.4; // milliseconds; each look asks the customer's servers

const reasonOf = {
  none: (slot) => `${slot.cname.name} was not looked at yet`,
  fail: (slot) => `${slot.cname.name} is wrong: ${slot.finding.cause ?? slot.finding.detail}`,
  unknown: (slot) => `${slot.cname.name}: could not tell`,
};

export const reasonsAgainst = (key) =>
  key.slots.filter((slot) => outcomeOf(slot) !== "pass").map((slot) => reasonOf[outcomeOf(slot)](slot));

// Looks while something is in the way. `look()` looks at once and begins anew with short pauses.
function useLooks(key, take, isWanted) {
  const [state, setState] = useState({ looking: false, problem: null });
  const pause = useRef(0);
  const timer = useRef();
  const busy = useRef(false);
  const ended = useRef(false);

  const look = async () => {
    clearTimeout(timer.current);
    if (busy.current) return;
    busy.current = true;
    setState({ looking: true, problem: null });
    let problem = null;
    try {
      const seen = await askForKey("POST", keyPath(key.id, "/verify"));
      if (!ended.current) take(seen);
    } catch (refusal) {
      problem = refusal.problem ?? { detail: refusal.message };
    }
    busy.current = false;
    if (ended.current) return;
    setState({ looking: false, problem });
    if (problem?.status !== 403) plan(); // a token that may only read will not look either
  };
  const plan = () => {
    pause.current = Math.min(longestPause, Math.max(firstPause, pause.current * growth));
    timer.current = setTimeout(() => (document.hidden || !wanted.current ? plan() : look()), pause.current);
  };
  const wanted = useRef();
  wanted.current = isWanted;

  useEffect(() => {
    ended.current = false;
    look();
    const seen = () => !document.hidden && wanted.current && again();
    document.addEventListener("visibilitychange", seen);
    return () => {
      ended.current = true;
      clearTimeout(timer.current);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [key.id]);
  const again = () => {
    pause.current = 0;
    look();
  };
  return { ...state, look: again };
}

const allRight = (count) => (count === 2 ? "Both CNAMEs are right." : `All ${countText(count).toLowerCase()} CNAMEs are right.`);

export function Gate({ of: key, take, carryOut, hasLab }) {
  const reasons = reasonsAgainst(key);
  const open = reasons.length === 0;
  const { looking, problem, look } = useLooks(key, take, !open);
  const [refusal, setRefusal] = useState(null);
  const [busy, setBusy] = useState(false);
  const activate = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      await carryOut(async () => take(await askForKey("POST", keyPath(key.id, "/activate"), undefined, key.etag)));
    } catch (failure) {
      setRefusal(failure.problem);
      look();
    }
    setBusy(false);
  };
  return html`<section class=${open ? "gate open" : "gate"} aria-labelledby="gate">
    <h2 id="gate" class="unseen">Activation</h2>
    <button type="button" class="primary activate" disabled=${!open || busy} aria-describedby="gate-reason"
      onClick=${activate}>Activate</button>
    <div class="reasons" id="gate-reason" role="status">
      ${open
        ? html`<p>${allRight(key.slots.length)} From the moment of activation mail is signed.</p>`
        : html`<p>Not yet, because</p><ul>${reasons.map((reason) => html`<li key=${reason}>${reason}</li>`)}</ul>`}
    </div>
    <div class="look">
      <button type="button" onClick=${look} disabled=${looking}>${looking ? "Looking …" : "Look now"}</button>
      ${!open && html`<p class="hint">Looked at again by itself while this page is open.</p>`}
    </div>
    <${Problem} problem=${refusal ?? problem} />
    ${hasLab && html`<${LabCustomer} of=${key} changed=${look} />`}
  </section>`;
}
