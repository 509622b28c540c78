import { GATE_LABELS } from '../engine/gate-labels.ts';
import type { Instant } from '../engine/time.ts';

/** A gate as people read it: guardrails by their words, signals by their names. */
export function gateInWords(gate: string): string {
  const labels: Readonly<Record<string, string>> = GATE_LABELS;
  return Object.hasOwn(labels, gate) ? (labels[gate] ?? gate) : gate.replaceAll('_', ' ');
}

/** `14 Jan 2026` and `14 Jan 2026 10:00`, in UTC. */
export const dayInWords = (at: Instant): string => {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
};

export const instantInWords = (at: Instant): string =>
  `${dayInWords(at)} ${new Date(at).toISOString().slice(11, 16)}`;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const STATUS: Readonly<Record<string, string>> = {
  held_out: 'comparison group',
  shadow: 'in shadow',
  open: 'put before its owner',
};

export const statusInWords = (status: string): string => STATUS[status] ?? status.replaceAll('_', ' ');
