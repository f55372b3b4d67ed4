// What an operator can have done with a key, each behind a dialogue that says what becomes of mail. Where the API can
// tell without doing it (only_tell), what it tells is what is shown.
import { html, useEffect, useState } from "../base/html.js";
import { ask, askForKey, keyPath, onlyIf } from "../base/api.js";
import { parseTime } from "../base/format.js";
import { go } from "../base/route.js";
import { Loading, Problem, Time } from "./basics.js";
import { Dialog } from "./dialog.js";

// Every order is for the key as it was when its dialogue opened: `seen`, an ETag.
const order = (method, path, body, seen) => ask(method, path, body, { headers: onlyIf(seen) });

// The answer to an order that only tells, anew whenever its body changes.
function useForecast(path, body, seen) {
  const [state, setState] = useState({ answer: null, problem: null });
  useEffect(() => {
    let ended = false;
    setState({ answer: null, problem: null });
    order("POST", path, { ...body, only_tell: true }, seen).then(
      (answer) => ended || setState({ answer, problem: null }),
      (refusal) => ended || setState({ answer: null, problem: refusal.problem }),
    );
    return () => (ended = true);
  }, [path, JSON.stringify(body)]);
  return state;
}

const count = (number) => (number === 1 ? "one message" : `${number.toLocaleString("en")} messages`);

function Mail({ of: mail }) {
  const span = html`between <${Time} at=${parseTime(mail.signed_since)} /> and <${Time} at=${parseTime(mail.signed_until)} />`;
  if (!mail.revoked) return html`<p>Mail signed with ${mail.selector} ${span} goes on verifying.</p>`;
  return html`<p class="notice bad">Mail signed with ${mail.selector} ${span} that nobody verified by then will <strong>not</strong>${" "}
    verify. This service signed ${count(mail.signed_here)} of it since it started.</p>`;
}

function RotateDialog({ of: key, close, carryOut, reload }) {
  const [compromised, setCompromised] = useState(false);
  const { answer, problem } = useForecast(keyPath(key.id, "/rotate"), { compromised }, key.etag);
  const act = () => carryOut(async () => {
    await order("POST", keyPath(key.id, "/rotate"), { compromised }, key.etag);
    await reload();
  });
  return html`<${Dialog} title=${`Rotate the key of ${key.domain}?`} yes=${compromised ? "Rotate at once" : "Rotate"}
    danger=${compromised} act=${act} close=${close}>
    <label class="check"><input type="checkbox" checked=${compromised}
      onChange=${(event) => setCompromised(event.target.checked)} /> The private key may be in wrong hands</label>
    <${Problem} problem=${problem} />
    ${!answer && !problem && html`<${Loading} what="what would happen" />`}
    ${answer && html`<p>Signing moves to ${answer.selector} <strong><${Time} at=${parseTime(answer.sign_at)} /></strong>:
      ${" "}${answer.why}.</p><${Mail} of=${answer.mail} />`}
  <//>`;
}

function RevokeDialog({ of: key, close, carryOut, reload }) {
  const { answer, problem } = useForecast(keyPath(key.id, "/revoke"), {}, key.etag);
  const act = () => carryOut(async () => {
    await order("POST", keyPath(key.id, "/revoke"), undefined, key.etag);
    await reload();
  });
  return html`<${Dialog} title=${`Revoke the key of ${key.domain}?`} yes="Revoke for good" danger=${true} typed=${key.domain}
    act=${act} close=${close}>
    <p>All its pairs are revoked, at once and for good: the records say so (an empty p=), and nothing signs any more. This is
      for private keys that got into wrong hands.</p>
    <${Problem} problem=${problem} />
    ${answer && (answer.mail.length ? answer.mail.map((mail) => html`<${Mail} key=${mail.selector} of=${mail} />`)
      : html`<p>No mail that is under way is signed with it.</p>`)}
  <//>`;
}

function DeactivateDialog({ of: key, close, carryOut, take }) {
  const act = () => carryOut(async () => take(await askForKey("POST", keyPath(key.id, "/deactivate"), undefined, key.etag)));
  return html`<${Dialog} title=${`Deactivate the key of ${key.domain}?`} yes="Deactivate" act=${act} close=${close}>
    <p>From now on no mail is signed with it. Its records stay, so mail that was signed goes on verifying. It can be activated
      again.</p>
  <//>`;
}

function DeleteDialog({ of: key, close, carryOut, reload }) {
  const act = () => carryOut(async () => {
    const { withdrawn } = await order("DELETE", keyPath(key.id), undefined, key.etag);
    if (withdrawn) go("keys"); // nothing is left to show
    else await reload();
  });
  return html`<${Dialog} title=${`Delete the key of ${key.domain}?`} yes="Delete for good" danger=${true} typed=${key.domain}
    act=${act} close=${close}>
    <p>Its private keys are destroyed at once, and nothing is signed with it any more. If it ever signed, its records stay until
      no mail under way can need them; then they go, too. Its labels are never given to anybody else.</p>
  <//>`;
}

const dialogs = { rotate: RotateDialog, revoke: RevokeDialog, deactivate: DeactivateDialog, delete: DeleteDialog };
const offered = {
  active: [["rotate", "Rotate"], ["deactivate", "Deactivate"], ["revoke", "Revoke", true], ["delete", "Delete", true]],
  held: [["rotate", "Rotate"], ["deactivate", "Deactivate"], ["revoke", "Revoke", true], ["delete", "Delete", true]],
  inactive: [["revoke", "Revoke", true], ["delete", "Delete", true]],
  revoked: [["delete", "Delete", true]],
  deleted: [],
};

// What is open is for the key as it was seen then, whatever becomes of it behind the dialogue.
export function Orders({ of: key, state, ...more }) {
  const [open, setOpen] = useState(null);
  const Chosen = dialogs[open?.order];
  return html`<div class="orders" role="group" aria-label="Orders">
    ${offered[state].map(([order, name, danger]) => html`<button type="button" key=${order}
      class=${danger ? "quietly danger" : ""} onClick=${() => setOpen({ order, key })}>${name} …</button>`)}
    ${Chosen && html`<${Chosen} of=${open.key} close=${() => setOpen(null)} ...${more} />`}
  </div>`;
}
