import type { DraftPage } from '../use-cases/read-draft-page.ts';

/** A draft as a file that mail programs open ready to send (`X-Unsent`). Everything a customer wrote is encoded. */
export function toEml({ person, draft }: Pick<DraftPage, 'person' | 'draft'>): string {
  const headers = [
    ...(person.email === null
      ? []
      : [`To: ${person.name === null ? '' : `${encodeWord(person.name)} `}<${person.email}>`]),
    `Subject: ${encodeWord(draft.subject)}`,
    'X-Unsent: 1',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ];
  const body = Buffer.from(draft.text.replace(/\r?\n/g, '\r\n')).toString('base64');
  return [...headers, '', ...(body.match(/.{1,76}/g) ?? []), ''].join('\r\n');
}

/** RFC 2047: words of at most 75 characters, split between characters, each continued on a line of its own. */
function encodeWord(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
}
