// DKIM Keys: what needs somebody first, then all of them, page by page. Never more is asked for than is shown.
import { html, useEffect, useRef, useState } from "../base/html.js";
import { get, withQuery } from "../base/api.js";
import { useClock } from "../base/clock.js";
import { parseTime } from "../base/format.js";
import { go, linkTo } from "../base/route.js";
import { Loading, PageTitle, Problem, Time } from "../parts/basics.js";
import { isFailing, KeyState, nextText, Verdict } from "../parts/state.js";

const pageSize = 50;
const settleTime = 300, refreshEvery = 10000; // milliseconds: without typing; while the page is in sight
const looksLikeDomain = /^[^\s@/]+\.[^\s@/.]+\.?$/;
const looksLikeId = /^k[a-z0-9]{15}$/;

function Row({ of: key, now }) {
  return html`<tr>
    <th scope="row"><a href=${linkTo("keys", key.id)}>${key.domain}</a></th>
    <td data-label="State"><${KeyState} of=${key} /></td>
    <td data-label="Signs with">${key.signing_selector ?? "–"}</td>
    <td data-label="CNAMEs"><span class="verdicts">${key.slots.map((slot) =>
      html`<${Verdict} key=${slot.selector} of=${slot} selector=${slot.selector} />`)}</span></td>
    <td data-label="Next">${key.next
      ? html`<span>${nextText(key.next.action)} <${Time} at=${parseTime(key.next.due)} now=${now} /></span>`
      : "–"}</td>
  </tr>`;
}

function Table({ caption, keys, now }) {
  if (!keys.length) return null;
  return html`<table class="keys fixed">
    <caption>${caption}</caption>
    <thead><tr>${["Domain", "State", "Signs with", "CNAMEs", "Next"].map((name) =>
      html`<th scope="col" key=${name} class=${name}>${name}</th>`)}</tr></thead>
    <tbody>${keys.map((key) => html`<${Row} key=${key.id} of=${key} now=${now} />`)}</tbody>
  </table>`;
}

// Pages of GET /v1/keys, one behind the other; none while `parameters` is null.
function usePages(parameters) {
  const [state, setState] = useState({ keys: null, next: null, problem: null });
  const generation = useRef(0);
  const load = async (after) => {
    if (!parameters) return setState({ keys: [], next: null, problem: null });
    const mine = after ? generation.current : ++generation.current;
    try {
      const page = await get(withQuery("/v1/keys", { ...parameters, limit: pageSize, after }));
      if (mine !== generation.current) return;
      setState((old) => ({ keys: after ? [...old.keys, ...page.keys] : page.keys, next: page.next, problem: null }));
    } catch (refusal) {
      if (mine === generation.current) setState((old) => ({ ...old, keys: old.keys ?? [], problem: refusal.problem }));
    }
  };
  useEffect(() => void load(), [JSON.stringify(parameters)]);
  return { ...state, more: () => load(state.next), again: () => load() };
}

// What is typed, once nobody has typed for a moment.
function useSettled(text) {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settleTime);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

// Asks again now and then, and when the clock was moved. Not while more than one page is shown: that would close it.
function useRefresh(lists, moves) {
  const refresh = useRef();
  refresh.current = () => lists.forEach((list) => (list.keys?.length ?? 0) <= pageSize && list.again());
  useEffect(() => {
    const timer = setInterval(() => document.hidden || refresh.current(), refreshEvery);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => void (moves && refresh.current()), [moves]);
}

function Find({ text, setText }) {
  const submit = (event) => {
    event.preventDefault();
    if (looksLikeId.test(text.trim())) go("keys", text.trim());
  };
  return html`<form role="search" class="find" onSubmit=${submit}>
    <label for="find">Quick find</label>
    <input id="find" type="search" placeholder="acme.example" autocomplete="off" autocapitalize="none" spellcheck=${false}
      value=${text} onInput=${(event) => setText(event.target.value)} />
  </form>`;
}

const Empty = () => html`<div class="card empty">
  <p>There is no key yet.</p>
  <p><a class="button primary" href=${linkTo("create")}>Create the first one</a></p>
</div>`;

const NoneFits = ({ wanted, more }) => html`<p class="quiet" role="status">No key here has “${wanted}” in its domain.
  ${more && " Only the keys that are loaded were searched; a whole domain, or an id and Enter, finds a key among all."}</p>`;

// Held ones first, then those that fail, wherever they are in the list; then the rest. None twice.
function inOrder(held, failing, all, found, fits) {
  const seen = new Set();
  const once = (keys) => keys.filter((key) => fits(key) && !seen.has(key.id) && seen.add(key.id));
  const needy = once([...held, ...failing, ...all.filter(isFailing)]);
  return { needy, rest: once([...all, ...found]) };
}

export function KeysPage() {
  const { now, moves } = useClock();
  const [text, setText] = useState("");
  const wanted = useSettled(text.trim().toLowerCase());
  const held = usePages({ status: "held" });
  const failing = usePages({ failing: "true" });
  const all = usePages({});
  const found = usePages(looksLikeDomain.test(wanted) ? { domain: wanted } : null);
  useRefresh([held, failing, all], moves);
  if (!all.keys || !held.keys || !failing.keys) return html`<${PageTitle}>DKIM Keys<//><${Loading} what="keys" />`;

  const fits = (key) => key.domain.includes(wanted.replace(/\.$/, "")) || key.id === wanted;
  const { needy, rest } = inOrder(held.keys, failing.keys, all.keys, found.keys ?? [], fits);
  return html`
    <div class="head"><${PageTitle}>DKIM Keys<//><a class="button primary" href=${linkTo("create")}>Create a key</a></div>
    <${Problem} problem=${all.problem ?? held.problem ?? failing.problem} />
    ${all.keys.length === 0 && !all.next ? html`<${Empty} />` : html`
      <${Find} text=${text} setText=${setText} />
      <${Table} caption="Held or failing" keys=${needy} now=${now} />
      <${Table} caption=${needy.length ? "All others" : "Keys"} keys=${rest} now=${now} />
      ${needy.length + rest.length === 0 && html`<${NoneFits} wanted=${wanted} more=${all.next} />`}
      ${all.next && html`<p><button type="button" onClick=${all.more}>Show more</button></p>`}`}`;
}
