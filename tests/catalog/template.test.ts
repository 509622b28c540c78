import { describe, expect, test } from 'vitest';
import { compileTemplate } from '../../src/catalog/template.ts';
import { CONTEXT_NAMES, emptyContext } from '../../src/catalog/template-context.ts';
import { faultsOf, named, render, withProperties } from './rendering.ts';

describe('the names of a template', () => {
  test('are all in the empty context, and no others', () => {
    expect(namesIn(emptyContext())).toEqual(
      CONTEXT_NAMES.filter((name) => !/\[\]|\*/.test(name))
        .concat()
        .sort(),
    );
  });

  test('can each be printed', () => {
    for (const name of CONTEXT_NAMES) {
      const source = name.includes('[]')
        ? `{{#each ${name.split('[]')[0]}}}{{${name.split('[].')[1]}}}{{/each}}`
        : `{{${name.replace('*', 'anything.at_all')}}}`;
      expect(faultsOf(source), name).toEqual([]);
    }
  });

  test('are guessed when misspelled', () => {
    expect(faultsOf('{{person.frist_name}}')).toEqual([
      'unknown name "person.frist_name"; did you mean "person.first_name"?',
    ]);
    expect(faultsOf('{{link.advocat}}')).toEqual([
      'unknown name "link.advocat"; did you mean "link.advocate"?',
    ]);
  });

  test('are one value, or say how to come to one', () => {
    expect(faultsOf('{{person}}')[0]).toContain(
      '"person" is a group of names, not one value; known here: person.id',
    );
    expect(faultsOf('{{#if owner}}x{{/if}}')[0]).toContain('"owner" is a group of names');
    expect(faultsOf('{{signals}}')).toEqual([
      '"signals" is a list, not one value; write {{#each signals}}…{{/each}}',
    ]);
    expect(faultsOf('{{signals.says}}')).toEqual([
      'unknown name "signals.says"; "signals" is a list: write {{#each signals}}…{{/each}}',
    ]);
  });

  test('are recorded, so that what a message says is known before it is sent', () => {
    const compiled = compileTemplate('{{#if link.unsubscribe}}{{or owner.name "we"}}{{/if}}', 'text', {
      file: 'f',
    });
    expect('uses' in compiled && [...compiled.uses]).toEqual(['link.unsubscribe', 'owner.name']);
  });
});

describe('a rendered message', () => {
  test('leaves no hole where nothing is known', () => {
    expect(
      render(
        'Hi {{or person.first_name "there"}},\n\n{{#if event.properties.comment}}\nYou wrote {{event.properties.comment}}\n\n{{/if}}\nOne question.',
      ),
    ).toBe('Hi there,\n\nOne question.\n');
  });

  test('walks lists, with the names of the item and of the message at hand', () => {
    const context = {
      ...named('Ada'),
      signals: [
        { name: 'a', says: 'Nine', points: 1 },
        { name: 'b', says: 'Ten', points: 2 },
      ],
    };
    expect(
      render(
        '{{#each signals}}{{@index}} {{says}} {{person.first_name}}{{#unless @last}}, {{/unless}}{{else}}none{{/each}}',
        'text',
        context,
      ),
    ).toBe('0 Nine Ada, 1 Ten Ada\n');
    expect(render('{{#each signals}}x{{else}}none{{/each}}')).toBe('none\n');
  });

  test('writes days in words and cuts long texts between words', () => {
    const context = withProperties({
      comment: `${'word '.repeat(60)}end`,
      day: '2026-02-01T10:00:00Z',
      broken: 'soon',
    });
    expect(render('{{date event.occurred_at}}', 'text', context)).toBe('14 May 2026\n');
    expect(
      render(
        '{{date event.properties.day}}|{{date event.properties.broken}}|{{date event.properties.none}}',
        'text',
        context,
      ),
    ).toBe('1 February 2026||\n');
    expect(render('{{short event.properties.comment 12}}', 'text', context)).toBe('word word…\n');
  });

  test('prints a number, a truth and a list of values, and nothing of a map', () => {
    expect(
      render(
        '{{event.properties.n}} {{event.properties.t}} {{event.properties.l}} [{{event.properties.m}}]',
        'text',
        withProperties({ n: 0, t: false, l: ['a', 2], m: { a: 1 } }),
      ),
    ).toBe('0 false a, 2 []\n');
  });

  test('reads properties whose names are no words', () => {
    expect(
      render(
        '{{event.properties.[Plan Name].[0 x]}}',
        'text',
        withProperties({ 'Plan Name': { '0 x': 'Pro' } }),
      ),
    ).toBe('Pro\n');
  });
});

function namesIn(value: unknown, before = ''): string[] {
  if (Array.isArray(value)) return [];
  if (typeof value !== 'object' || value === null) return [before];
  return Object.entries(value)
    .flatMap(([name, below]) => namesIn(below, before === '' ? name : `${before}.${name}`))
    .sort();
}
