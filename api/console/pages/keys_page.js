// DKIM Keys: what needs somebody first, then all of them, page by page. Never more is asked for than is shown.
import { html, useEffect, useRef, useState } from "../base/html.js";
import { get, keyPath, withQuery } from "../base/api.js";
import { useClock } from "../base/clock.js";
import { parseTime } from "../base/format.js";
import { go, linkTo } from "../base/route.js";
import { Loading, PageTitle, Problem, Time } from "../parts/basics.js";
import { isFailing, KeyState, nextText, Verdict } from "../parts/state.js";

const pageSize = 50;
const settleTime = 300, refreshEvery = 10000; // milliseconds: without typing; while the page is in sight
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

// Pages of GET /v1/keys, one behind the other; none while `parameters` is null. What was asked with others counts no more.
function usePages(parameters) {
  const asked = JSON.stringify(parameters);
  const [state, setState] = useState({ asked, keys: null, next: null, problem: null });
  const generation = useRef(0);
  const load = async (after) => {
    const mine = after ? generation.current : ++generation.current;
    if (!parameters) return setState({ asked, keys: [], next: null, problem: null });
    try {
      const page = await get(withQuery("/v1/keys", { ...parameters, limit: pageSize, after }));
      if (mine !== generation.current) return;
      setState((old) => ({ asked, keys: after ? [...old.keys, ...page.keys] : page.keys, next: page.next, problem: null }));
    } catch (refusal) {
      if (mine !== generation.current) return;
      setState((old) => ({ ...(old.asked === asked && old.keys ? old : { asked, keys: [], next: null }), problem: refusal.problem }));
    }
  };
  useEffect(() => void load(), [asked]);
  const current = state.asked === asked ? state : { keys: null, next: null, problem: null };
  return { ...current, more: () => load(current.next), again: () => load() };
}

// The key of this id, if there is one.
function useKeyOf(id) {
  const [found, setFound] = useState(null);
  useEffect(() => {
    let ended = false;
    setFound(null);
    if (id) get(keyPath(id)).then((key) => ended || setFound(key), () => {});
    return () => (ended = true);
  }, [id]);
  return found?.id === id ? found : null;
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

const NoneFits = ({ wanted }) => html`<p class="quiet" role="status">No key's domain begins with “${wanted}”.</p>`;

const More = ({ of: list, what }) => list.next && html`<p><button type="button" onClick=${list.more}>Show more${what}</button></p>`;

// Held ones first, then those that fail, wherever they are in the list; then the rest. None twice.
function inOrder(needing, others) {
  const seen = new Set();
  const once = (keys) => keys.filter((key) => !seen.has(key.id) && seen.add(key.id));
  return { needy: once([...needing, ...others.filter((key) => key.hold || isFailing(key))]), rest: once(others) };
}

// The needy come whole: those that are held, then those that only fail, so that no page of these repeats the others.
function useLists(wanted, moves) {
  const held = usePages({ status: "held" });
  const failing = usePages({ status: "active", failing: "true" });
  const all = usePages({});
  const found = usePages(wanted ? { search: wanted } : null);
  useRefresh([held, failing, all, found], moves);
  return { held, failing, all, found, byId: useKeyOf(looksLikeId.test(wanted) ? wanted : "") };
}

// What the service found comes as it is: it knows how "müller" is written in the DNS. Of what is loaded anyhow, keys that
// have it further inside their domain are shown as well.
function Found({ lists, wanted, now }) {
  const { held, failing, all, found, byId } = lists;
  const hasInside = (key) => key.domain.indexOf(wanted.replace(/\.$/, "")) > 0;
  const loaded = [...held.keys, ...failing.keys, ...all.keys].filter(hasInside);
  const { needy, rest } = inOrder([], [...(byId ? [byId] : []), ...(found.keys ?? []), ...loaded]);
  if (found.problem && !needy.length && !rest.length) return html`<${Problem} problem=${found.problem} />`;
  return html`
    <${Table} caption="Held or failing" keys=${needy} now=${now} />
    <${Table} caption=${needy.length ? "All others" : "Keys"} keys=${rest} now=${now} />
    ${!found.keys && html`<${Loading} what="what was found" />`}
    ${found.keys && needy.length + rest.length === 0 && html`<${NoneFits} wanted=${wanted} />`}
    <${More} of=${found} />`;
}

function All({ lists: { held, failing, all }, now }) {
  const { needy, rest } = inOrder([...held.keys, ...failing.keys], all.keys);
  return html`
    <${Table} caption="Held or failing" keys=${needy} now=${now} />
    <${More} of=${held} what=" that are held" />
    <${More} of=${failing} what=" that fail" />
    <${Table} caption=${needy.length ? "All others" : "Keys"} keys=${rest} now=${now} />
    <${More} of=${all} />`;
}

export function KeysPage() {
  const { now, moves } = useClock();
  const [text, setText] = useState("");
  const wanted = useSettled(text.trim().toLowerCase());
  const lists = useLists(wanted, moves);
  const { held, failing, all } = lists;
  if (!all.keys || !held.keys || !failing.keys) return html`<${PageTitle}>DKIM Keys<//><${Loading} what="keys" />`;
  return html`
    <div class="head"><${PageTitle}>DKIM Keys<//><a class="button primary" href=${linkTo("create")}>Create a key</a></div>
    <${Problem} problem=${all.problem ?? held.problem ?? failing.problem} />
    ${all.keys.length === 0 && !all.next ? html`<${Empty} />` : html`
      <${Find} text=${text} setText=${setText} />
      ${wanted ? html`<${Found} lists=${lists} wanted=${wanted} now=${now} />` : html`<${All} lists=${lists} now=${now} />`}`}`;
}
