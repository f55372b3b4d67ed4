// The states of keys and CNAMEs in words and colour: never in colour alone.
import { html } from "../base/html.js";

const keyStates = {
  active: ["good", "●", "active"],
  inactive: ["idle", "○", "inactive"],
  held: ["bad", "▲", "held"],
  revoked: ["bad", "✕", "revoked"],
  deleted: ["idle", "✕", "deleted"],
};

const outcomes = {
  pass: ["good", "✓", "right"],
  fail: ["bad", "✕", "wrong"],
  unknown: ["warn", "?", "could not tell"],
  none: ["idle", "–", "not looked at yet"],
};

const Badge = ({ of: [tone, sign, word], more }) =>
  html`<span class=${`badge ${tone}`}><span aria-hidden="true">${sign}</span>\u00a0${word}${more && `: ${more}`}</span>`;

export function stateOf(key) {
  if (key.deleted_at) return "deleted";
  return key.revoked_at ? "revoked" : key.status;
}

export const KeyState = ({ of: key }) => html`<${Badge} of=${keyStates[stateOf(key)]} />`;

export const outcomeOf = (slot) => slot.finding?.outcome ?? "none";

export const Verdict = ({ of: slot, selector }) => {
  const [tone, sign, word] = outcomes[outcomeOf(slot)];
  const cause = outcomeOf(slot) === "pass" ? null : slot.finding?.cause;
  return html`<${Badge} of=${[tone, sign, selector ? `${selector} ${word}` : word]} more=${cause} />`;
};

// The names of the slots, as people speak of them.
export const slotName = (position) => ["primary", "alternate", "third"][position];

export const isFailing = (key) => key.slots.some((slot) => slot.failing_since || outcomeOf(slot) === "fail");

const nextTexts = {
  publish: "a new pair is published",
  sign: "signing moves",
  revoke: "a retired pair is revoked",
  reveal: "a retired private key is published",
  destroy: "a private key is destroyed",
  deactivate: "the key is deactivated",
  withdraw: "the records are withdrawn",
  verify: "the CNAMEs are looked at",
  see: "the name servers are asked",
  mend: "the times are mended",
};

export const nextText = (action) => nextTexts[action] ?? action;
