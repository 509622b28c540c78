import { describe, expect, test } from 'vitest';
import { NO_EVIDENCE } from '../../src/engine/reading.ts';
import { renderSays, saysNames, sentenceOf, takeSaid } from '../../src/engine/says.ts';

describe('renderSays', () => {
  const values = new Map<string, string | number | boolean | null>([
    ['person', 'Ada'],
    ['count', 12],
    ['share', 0.5],
    ['urgent', true],
    ['plan.name', 'Pro'],
    ['Plan Name', 'Team'],
    ['text', '<b>Great</b> & "fast"\n\nreally'],
    ['nothing', null],
  ]);
  const render = (says: string) => renderSays(says, (name) => values.get(name));

  test.each([
    ['{{person}} ran {{ count }} workflows', 'Ada ran 12 workflows'],
    ['now on {{ plan.name }}', 'now on Pro'],
    ['now on {{ [Plan Name] }}', 'now on Team'],
    ['share {{share}}, urgent {{urgent}}', 'share 0.5, urgent yes'],
    ['{{{ person }}} wrote', 'Ada wrote'],
    ['plain words', 'plain words'],
  ])('%j reads %j', (says, text) => {
    expect(render(says)).toBe(text);
  });

  test('what is missing renders empty and leaves no gap', () => {
    expect(render('{{ person }} {{ surname }} said yes {{ nothing }}.')).toBe('Ada said yes.');
  });

  test('values are plain text on one line, never markup or another place to fill', () => {
    expect(render('"{{ text }}"')).toBe('"<b>Great</b> & "fast" really"');
    expect(renderSays('{{ a }}', () => '{{ person }}')).toBe('{{ person }}');
  });
});

test('what is tidy stays as it was written, and what filling in leaves behind goes', () => {
  const fill = (says: string, value?: string | number) => renderSays(says, () => value);
  expect(fill('{{ a }}, {{ b }}: {{ c }}!', '')).toBe(',:!');
  expect(fill('so {{ a }} . And {{ b }}', 'x')).toBe('so x. And x');
  expect(fill('  two  spaces ')).toBe('two spaces');
  expect(fill('said {{ a }} twice', ' x ')).toBe('said x twice');
  expect(fill('said{{ a }} twice', ', x')).toBe('said, x twice');
  expect(fill('{{ a }}\n{{ b }}', 1)).toBe('1 1');
  expect(fill('{{ a }}', 0)).toBe('0');
  expect(fill('')).toBe('');
});

test('two sentences of one pattern are each filled in by their own words', () => {
  const sentences = Array.from({ length: 1001 }, (_, n) => `${n} {{ a }}`);
  for (const round of ['x', 'y'])
    for (const [n, says] of sentences.entries()) expect(renderSays(says, () => round)).toBe(`${n} ${round}`);
});

test('a truth is said as yes or no', () => {
  expect(renderSays('{{ a }}', () => true)).toBe('yes');
  expect(renderSays('{{ a }}', () => false)).toBe('no');
});

test('a name in brackets is one name, and half a bracket is part of it', () => {
  expect(saysNames('{{ [a }} {{ b] }} {{ [c d] }}')).toEqual(['[a', 'b]', 'c d']);
});

test('the names of a sentence are listed once each', () => {
  expect(saysNames('{{ a }} {{b.c}} {{ a }} {{[d e]}} {{}}')).toEqual(['a', 'b.c', 'd e']);
  expect(saysNames(undefined)).toEqual([]);
});

test('a signal without a sentence is called by its name in words', () => {
  const called = (name: string) => sentenceOf({ name }, NO_EVIDENCE.facts, () => undefined);
  expect(called('good__review')).toBe('good review');
  expect(called('good_business-review')).toBe('good business review');
});

describe('takeSaid', () => {
  test('only what the sentence names is kept, and only plain values', () => {
    const properties = { text: 'hi', rating: 5, ok: true, list: [1], none: null, other: 'x' };
    expect(takeSaid(['text', 'rating', 'ok', 'list', 'none', 'gone'], properties)).toEqual({
      text: 'hi',
      rating: 5,
      ok: true,
    });
    expect(takeSaid(['gone'], properties)).toBeUndefined();
    expect(takeSaid(['none'], properties)).toBeUndefined();
  });

  test('long text is cut to 300 characters without splitting one', () => {
    expect(takeSaid(['text'], { text: 'a'.repeat(301) })).toEqual({ text: `${'a'.repeat(299)}…` });
    expect(takeSaid(['text'], { text: 'a'.repeat(300) })).toEqual({ text: 'a'.repeat(300) });
    expect(takeSaid(['text'], { text: `${'a'.repeat(298)}😀😀` })).toEqual({ text: `${'a'.repeat(298)}…` });
    expect(takeSaid(['text'], { text: `😀${'a'.repeat(300)}` })).toEqual({ text: `😀${'a'.repeat(297)}…` });
  });
});
