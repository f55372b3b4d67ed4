// One key: may it sign, what the customer publishes and what is seen of it, the rotation, what happened.
import { html, useCallback, useEffect, useState } from "../base/html.js";
import { askForKey, keyPath } from "../base/api.js";
import { useClock } from "../base/clock.js";
import { countText, parseTime } from "../base/format.js";
import { useEvents } from "../base/live.js";
import { linkTo } from "../base/route.js";
import { Facts, Loading, PageTitle, Problem, Time } from "../parts/basics.js";
import { Gate } from "../parts/gate.js";
import { KeyEvents } from "../parts/events.js";
import { KeyState, nextText, stateOf } from "../parts/state.js";
import { Orders } from "../parts/orders.js";
import { Rotation } from "../parts/rotation.js";
import { SlotCard } from "../parts/slot_card.js";

// The key as it is now: asked for again when something happened to it, or the clock was moved.
function useKey(id, moves) {
  const [state, setState] = useState({ key: null, problem: null });
  const take = useCallback((key) => setState({ key, problem: null }), []);
  const reload = useCallback(
    () => askForKey("GET", keyPath(id)).then(take, (refusal) => setState((old) => ({ ...old, problem: refusal.problem }))),
    [id],
  );
  const events = useEvents(state.key?.id); // `id` may be a domain
  useEffect(() => void reload(), [id, moves, events.length]);
  return { ...state, events, take, reload };
}

// Orders are for the key as it was seen. Where it is another by now nothing is done: it is shown as it is, and that is told.
function useOrders(reload) {
  const [hasChanged, setHasChanged] = useState(false);
  const carryOut = async (act) => {
    setHasChanged(false);
    try {
      await act();
    } catch (refusal) {
      if (refusal.status !== 412) throw refusal;
      await reload();
      setHasChanged(true);
    }
  };
  return [carryOut, hasChanged];
}

const Changed = () => html`<p class="notice warn" role="alert"><strong>The key has changed meanwhile.</strong> Nothing was
  done. This is what it is now: look again, and give the order once more if it still fits.</p>`;

function Held({ of: key, now }) {
  if (!key.hold) return null;
  return html`<div class="notice bad" role="status">
    <p><strong>Held <${Time} at=${parseTime(key.hold.since)} now=${now} />.</strong> ${key.hold.reason}</p>
    <p>The key signs on with the last pair that verifies, and goes on by itself when this is mended.</p>
  </div>`;
}

// In which zones the CNAMEs may stand, that which is most likely first.
const zonesOf = (key) => [...new Set([key.registrable_domain, key.domain])];

const summaryOf = (key, now) => [
  ["Signs with", key.signing_selector ?? "nothing yet"],
  ["Next", key.next && html`${nextText(key.next.action)} <${Time} at=${parseTime(key.next.due)} now=${now} />`],
  ["Mail from", { domain: key.domain, subdomains: `subdomains of ${key.domain}`,
    "domain-and-subdomains": `${key.domain} and its subdomains` }[key.match]],
  ["Type", key.type],
  ["Organisation", key.org],
  ["Created", html`<${Time} at=${parseTime(key.created_at)} />`],
  ["Id", html`<code>${key.id}</code>`],
];

export function KeyPage({ id, hasLab }) {
  const { now, moves } = useClock();
  const { key, problem, events, take, reload } = useKey(id, moves);
  const [carryOut, hasChanged] = useOrders(reload);
  if (!key) {
    return html`<${PageTitle}>${problem ? "No such key" : "Key"}<//>
      ${problem ? html`<${Problem} problem=${problem}><p><a href=${linkTo("keys")}>All keys</a></p><//>`
        : html`<${Loading} what="the key" />`}`;
  }
  const state = stateOf(key);
  const rotation = html`<${Rotation} of=${key} now=${now} />`;
  const isSigning = ["active", "held"].includes(state);
  return html`
    <div class="head">
      <${PageTitle}>${key.domain} <${KeyState} of=${key} /><//>
      <${Orders} of=${key} state=${state} take=${take} reload=${reload} carryOut=${carryOut} />
    </div>
    ${hasChanged && html`<${Changed} />`}
    <${Problem} problem=${problem} />
    <${Facts} facts=${summaryOf(key, now)} />
    <${Held} of=${key} now=${now} />
    ${key.warnings.map((warning) => html`<p class="notice warn" key=${warning}>${warning}</p>`)}
    ${state === "inactive" && html`<${Gate} of=${key} take=${take} carryOut=${carryOut} hasLab=${hasLab} />`}
    ${isSigning && rotation}
    <section aria-labelledby="cnames">
      <h2 id="cnames">What the customer publishes</h2>
      <p class="quiet">${countText(key.slots.length)} CNAMEs, once. They stay as they are when the key rotates.</p>
      <div class="slots">${key.slots.map((slot, position) =>
        html`<${SlotCard} key=${slot.selector} of=${slot} position=${position} within=${zonesOf(key)} now=${now} />`)}</div>
    </section>
    ${!isSigning && rotation}
    <${KeyEvents} of=${events} />`;
}
