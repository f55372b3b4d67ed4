// Points in time and durations, for people; always in UTC, as the command line has them. Pure functions.
const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

const dayAndTime = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
});
const dayOnly = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });

export const millisecondsPerDay = day;
export const parseTime = (text) => (text ? Date.parse(text) : null);
export const timeText = (time) => `${dayAndTime.format(time).replace(",", "")} UTC`;
export const dayText = (time) => dayOnly.format(time);

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

// How many of something there are, at the beginning of a sentence.
export const countText = (count) => ["No", "One", "Two", "Three"][count] ?? String(count);

export function durationText(milliseconds) {
  const length = Math.abs(milliseconds);
  if (length < minute) return plural(Math.floor(length / second), "second");
  if (length < hour) return plural(Math.floor(length / minute), "minute");
  if (length < 2 * day) return plural(Math.floor(length / hour), "hour");
  return plural(Math.floor(length / day), "day");
}

export function relativeText(time, now) {
  const distance = time - now;
  if (Math.abs(distance) < second) return "just now";
  return distance > 0 ? `in ${durationText(distance)}` : `${durationText(distance)} ago`;
}
