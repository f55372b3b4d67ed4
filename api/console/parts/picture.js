// The picture of a rotation: slots as lanes, pairs as bars, today as a line. What is behind today happened; what is before
// it is planned, and drawn lighter. Draws the answer of GET /v1/keys/{id}/timeline; a table in words is beside it.
import { html, useLayoutEffect, useRef, useState } from "../base/html.js";
import { dayText, millisecondsPerDay as day, parseTime, timeText } from "../base/format.js";

const laneHeight = 58, barHeight = 30, axisHeight = 34, top = 26, labelRoom = 34;
const letterWidth = 6.8; // of the smallest text, in pixels: enough to know whether a word fits

export const stateWords = {
  published: "published", ready: "ready", active: "signs", retired: "retired", removed: "removed",
};

// How much of the time around today is shown, in days.
export const daysShown = (width) => (width < 520 ? { before: 12, after: 33 } : { before: 35, after: 65 });

function useWidth() {
  const place = useRef();
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}

// Spans of a pair, cut at today into what was and what will be.
export function piecesOf(pair, now, end) {
  const pieces = [];
  for (const span of pair.spans) {
    if (span.state === "removed") continue;
    const from = parseTime(span.from), to = parseTime(span.to) ?? end;
    if (from < now) pieces.push({ state: span.state, from, to: Math.min(to, now), planned: false });
    if (to > now) pieces.push({ state: span.state, from: Math.max(from, now), to, planned: true });
  }
  return pieces;
}

function Bar({ piece, pair, x, y, seen }) {
  const left = Math.max(x(piece.from), seen.left), right = Math.min(x(piece.to), seen.right);
  if (right - left < 0.5) return null;
  const words = `pair ${pair.number} ${stateWords[piece.state]}`;
  const fitting = [words, stateWords[piece.state]].find((text) => text.length * letterWidth + 10 < right - left);
  return html`<g class=${`bar ${piece.state}${piece.planned ? " planned" : ""}`}>
    <title>${words}, ${timeText(piece.from)} to ${timeText(piece.to)}${piece.planned ? " (planned)" : ""}</title>
    <rect x=${left} y=${y} width=${right - left} height=${barHeight} rx="4" />
    ${fitting && html`<text x=${left + 7} y=${y + barHeight / 2 + 4}>${fitting}</text>`}
  </g>`;
}

function ticksOf(from, to, width) {
  const step = [1, 2, 5, 10, 20, 30, 60].find((days) => (width / ((to - from) / day)) * days > 64) * day;
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) ticks.push(at);
  return ticks;
}

function Axis({ from, to, x, y, width }) {
  return html`<g class="axis">
    ${ticksOf(from, to, width).map((at) => html`<g key=${at}>
      <line x1=${x(at)} x2=${x(at)} y1=${top} y2=${y} />
      ${x(at) + labelRoom / 2 < labelRoom + width && html`<text x=${x(at)} y=${y + 18} text-anchor="middle">${dayText(at)}</text>`}
    </g>`)}
  </g>`;
}

function Today({ at, x, height }) {
  return html`<g class="today">
    <line x1=${x(at)} x2=${x(at)} y1=${top - 6} y2=${height - axisHeight} />
    <text x=${x(at)} y=${top - 11} text-anchor="middle">today, ${dayText(at)}</text>
  </g>`;
}

// `offset` in days moves what is shown away from today.
export function Picture({ timeline, now, offset, label }) {
  const [place, width] = useWidth();
  const { before, after } = daysShown(width);
  const from = now + (offset - before) * day, to = now + (offset + after) * day;
  const seen = { left: labelRoom, right: width };
  const x = (time) => labelRoom + ((time - from) / (to - from)) * (width - labelRoom);
  const height = top + timeline.slots.length * laneHeight + axisHeight;
  const end = parseTime(timeline.until) ?? to;
  return html`<div class="picture" ref=${place}>
    ${width > 0 && html`<svg width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${label}>
      <defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1="0" y1="0" x2="0" y2="6" /></pattern></defs>
      <${Axis} from=${from} to=${to} x=${x} y=${height - axisHeight} width=${width - labelRoom} />
      ${timeline.slots.map((slot, lane) => {
        const y = top + lane * laneHeight;
        return html`<g key=${slot.selector}>
          <line class="lane" x1="0" x2=${width} y1=${y + laneHeight - 1} y2=${y + laneHeight - 1} />
          <text class="selector" x="0" y=${y + laneHeight / 2 + 5}>${slot.selector}</text>
          ${slot.pairs.map((pair) => piecesOf(pair, now, end).map((piece) => html`<${Bar} key=${`${pair.number}-${piece.from}`}
            piece=${piece} pair=${pair} x=${x} y=${y + (laneHeight - barHeight) / 2} seen=${seen} />`))}
        </g>`;
      })}
      ${x(now) >= seen.left && x(now) <= seen.right && html`<${Today} at=${now} x=${x} height=${height} />`}
    </svg>`}
  </div>`;
}
