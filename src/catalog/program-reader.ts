import type { Fault } from './fault.ts';
import { type Place, report, scalarOf } from './place.ts';
import type { Program } from './published.ts';
import { dictionary, list, mapped, type Reader, record, says, scalarOr } from './readers.ts';
import { compileTemplate } from './template.ts';
import { text, url } from './value-readers.ts';

/** What is known of a program when a team has written nothing. */
export const EMPTY_PROGRAM: Program = {
  ideal_customer: { role: null, size: null, pain: null },
  intro: null,
  assets: [],
  next_steps: null,
  booking_url: null,
  terms_url: null,
  offer: {},
};

/** A text, or nothing: an empty key is one to be filled in later. */
function blankOr<Value>(reader: Reader<Value>): Reader<Value | null> {
  return {
    read: (at) => (scalarOf(at)?.value === null ? null : reader.read(at)),
    schema: { anyOf: [reader.schema, { type: 'null' }] },
  };
}

const intro: Reader<string> = mapped(text, (source, at) => {
  const { line } = at.file.lines.linePos(at.offset);
  const compiled = compileTemplate(source, 'text', { file: at.file.name, line, path: at.path });
  if (!Array.isArray(compiled) && compiled.uses.has('program.intro'))
    return report(at, 'the introduction cannot hold itself');
  if (!Array.isArray(compiled)) return source;
  at.file.faults.push(...compiled.map((fault): Fault => fault));
  return undefined;
});

const offer = scalarOr(
  mapped(text, (words): Program['offer'] => ({ default: words })),
  mapped(dictionary('an offer by segment, like { default: … }', text), (found): Program['offer'] =>
    Object.fromEntries(found),
  ),
);

const programFile = record(
  'the program, like intro: …',
  {},
  {
    ideal_customer: says(
      'Whom advocates should think of.',
      record(
        'whom to think of, like { role: head of support }',
        {},
        { role: blankOr(text), size: blankOr(text), pain: blankOr(text) },
      ),
    ),
    intro: says('An introduction an advocate can forward; may use the names of a template.', blankOr(intro)),
    assets: says(
      'What an advocate can pass on.',
      list(
        'a list like [{ label: One-pager, url: https://… }]',
        record('an asset, like { label: One-pager, url: https://… }', { label: text, url }, {}),
      ),
    ),
    next_steps: says('What happens after an introduction.', blankOr(text)),
    booking_url: blankOr(url),
    terms_url: blankOr(url),
    offer: says('What an advocate gets, in words: one text, or one by segment.', blankOr(offer)),
  },
);

export const programSchema = programFile.schema;

/** `program.yaml` over a program of which nothing is known. */
export function readProgram(root: Place): Program | undefined {
  const found = programFile.read(root);
  if (found === undefined) return undefined;
  return {
    ...EMPTY_PROGRAM,
    ...found,
    ideal_customer: { ...EMPTY_PROGRAM.ideal_customer, ...found.ideal_customer },
    offer: found.offer ?? {},
  };
}
