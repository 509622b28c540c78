import { isReal, type ReplayAsk, type ReplayHold, type ReplayReport } from '../engine/replay/report.ts';
import { type Instant, WEEK } from '../engine/time.ts';
import type { Backtest } from '../use-cases/backtest.ts';
import type { Style } from './io.ts';
import { bars, count, fit, plural, points, table } from './table.ts';
import { dayInWords, gateInWords, instantInWords, statusInWords } from './words.ts';

/** A backtest as a page for a terminal of 100 columns. */
export function backtestPage(
  backtest: Backtest,
  name: string,
  { bold, faint }: { bold: Style; faint: Style },
): string {
  const { from, to, events, accounts, asks, compared } = backtest;
  const span =
    from === undefined || to === undefined ? 'no events' : `${dayInWords(from)} to ${dayInWords(to)}`;
  const parts = [
    `${bold(`What ${name} would have asked`)}\n${faint(`${span} · ${plural(events, 'event')} · ${plural(accounts, 'account')}`)}`,
    section(bold('Asks per week'), chart(backtest)),
    ...backtest.paused.map(
      ({ trigger, at }) =>
        `${trigger} paused itself on ${instantInWords(at)}: it made more asks than pause_above allows`,
    ),
    ...(compared === undefined
      ? []
      : [
          section(
            bold(`Newly asked: ${plural(compared.newlyAsked.length, 'account')}`),
            listOf(compared.newlyAsked, faint),
          ),
          section(
            bold(`No longer asked: ${plural(compared.noLongerAsked.length, 'account')}`),
            listOf(compared.noLongerAsked, faint),
          ),
        ]),
    section(bold('The latest asks'), listOf(asks.filter(isReal).slice(-10), faint)),
    section(bold('Not asked because…'), holdsTable(backtest.holds)),
    section(bold('Near misses: only readiness was missing'), nearMisses(backtest, faint)),
  ];
  return `\n${parts.join('\n\n')}\n`;
}

const section = (title: string, body: string) => `${title}\n${body}`;

function chart({ asks, from, to }: ReplayReport): string {
  if (asks.length === 0 || from === undefined || to === undefined) return '  nobody';
  const first = mondayOf(from);
  const weeks = Math.floor((to - first) / WEEK) + 1;
  // Where the weeks do not fit, each bar stands for several.
  const each = Math.ceil(weeks / BARS);
  const length = Math.ceil(weeks / each);
  const counts = new Map<string, number[]>();
  for (const { trigger, at } of asks) {
    const numbers = counts.get(trigger) ?? Array.from({ length }, () => 0);
    const bar = Math.floor((at - first) / WEEK / each);
    numbers[bar] = (numbers[bar] ?? 0) + 1;
    counts.set(trigger, numbers);
  }
  const highest = Math.max(...[...counts.values()].flat());
  const head = `  ${fit('', NAME)}  ${dayInWords(first).padEnd(length)}  ${each === 1 ? '' : `(a bar is ${each} weeks) `}most ${highest}`;
  const lines = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([trigger, numbers]) => {
      const total = numbers.reduce((sum, number) => sum + number, 0);
      return `  ${fit(trigger, NAME)}  ${bars(numbers, highest)}  ${count(total)}${outcomes(asks.filter((ask) => ask.trigger === trigger))}`;
    });
  return [head.trimEnd(), ...lines].join('\n');
}

const NAME = 26;
const BARS = 52;

function outcomes(asks: readonly ReplayAsk[]): string {
  const counts = new Map<string, number>();
  for (const { status, channel } of asks) {
    const key =
      status === 'delivered' || status === 'ignored' || status === 'accepted' || status === 'declined'
        ? channel
        : statusInWords(status);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const words = [...counts].map(([key, number]) => `${key} ${number}`);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

const MONDAY: Instant = Date.UTC(1970, 0, 5);
const mondayOf = (at: Instant) => Math.floor((at - MONDAY) / WEEK) * WEEK + MONDAY;

const SHOWN = 20;

function listOf(asks: readonly ReplayAsk[], faint: Style): string {
  if (asks.length === 0) return '  none';
  const rows = asks
    .slice(0, SHOWN)
    .map((ask) => [
      instantInWords(ask.at),
      ask.accountId,
      ask.personId,
      ask.trigger,
      ask.channel,
      points(ask.readiness),
    ]);
  const columns = [
    { title: 'when (UTC)' },
    { title: 'account', most: 22 },
    { title: 'person', most: 22 },
    { title: 'trigger', most: NAME },
    { title: 'by' },
    { title: 'readiness', align: 'right' as const },
  ];
  return table(columns, rows) + more(asks.length, faint);
}

const more = (total: number, faint: Style) =>
  total > SHOWN ? `\n${faint(`  … and ${count(total - SHOWN)} more`)}` : '';

function holdsTable(holds: readonly ReplayHold[]): string {
  if (holds.length === 0) return '  nothing was held';
  const rows = holds.map(({ trigger, gate, count: times, alone }, i) => [
    holds[i - 1]?.trigger === trigger ? '' : trigger,
    gateInWords(gate),
    count(times),
    alone === 0 ? '' : count(alone),
  ]);
  const columns = [
    { title: 'trigger', most: NAME },
    { title: 'what held', most: 40 },
    { title: 'decisions', align: 'right' as const },
    { title: 'accounts held by this alone', align: 'right' as const },
  ];
  return table(columns, rows);
}

function nearMisses({ nearMisses: all }: ReplayReport, faint: Style): string {
  if (all.length === 0) return '  none';
  const rows = all
    .slice(0, SHOWN)
    .map(({ accountId, personId, trigger, readiness, missing, at }) => [
      accountId,
      personId ?? '',
      trigger,
      points(readiness),
      missing < 0.1 ? 'under 0.1' : points(missing),
      dayInWords(at),
    ]);
  const columns = [
    { title: 'account', most: 24 },
    { title: 'person', most: 22 },
    { title: 'trigger', most: NAME },
    { title: 'readiness', align: 'right' as const },
    { title: 'missing', align: 'right' as const },
    { title: 'on' },
  ];
  return table(columns, rows) + more(all.length, faint);
}
