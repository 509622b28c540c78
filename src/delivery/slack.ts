import { oneLine } from './address.ts';

/** The message to an owner in Slack, as an incoming webhook takes it: what the mail's subject says, and the way to the page. */
export function slackMessage(subject: string, link: string): string {
  return JSON.stringify({ text: `${plain(subject)}\n<${link}|Open the draft>` });
}

// Slack reads links, mentions and markup between these three only.
const plain = (text: string) =>
  oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
