import { describe, expect, test } from 'vitest';
import { formatFaults } from '../../src/catalog/fault.ts';
import { checkTemplateFolder, missingParts } from '../../src/catalog/template-folder.ts';

const check = (files: Record<string, string>) => {
  const { faults, notes } = checkTemplateFolder({ name: 'letter', files }, 'templates/letter');
  return { faults: formatFaults(faults), notes: formatFaults(notes) };
};

describe('the folder of a message', () => {
  test('has the parts that its channel needs', () => {
    const folder = { name: 'letter', files: { 'subject.hbs': 'x', 'text.de.hbs': 'x', 'title.hbs': 'x' } };
    expect(missingParts(folder, 'email')).toEqual(['text']);
    expect(missingParts(folder, 'draft')).toEqual(['text']);
    expect(missingParts(folder, 'nudge')).toEqual(['body', 'action']);
  });

  test('is checked file by file, in every language', () => {
    expect(
      check({
        'subject.hbs': 'Hi {{person.nme}}',
        'text.hbs': 'Hi\n{{owner}}',
        'subject.de.hbs': 'Hallo',
        'text.de.hbs': '{{{x}}}',
      }).faults,
    ).toBe(
      [
        'templates/letter/subject.hbs:1: unknown name "person.nme"; did you mean "person.name"?',
        'templates/letter/text.hbs:2: "owner" is a group of names, not one value; known here: owner.name, owner.first_name, owner.email',
        'templates/letter/text.de.hbs:1: unescaped values ({{{ }}} and {{& }}) are not available; write {{name}} with two braces',
      ].join('\n'),
    );
  });

  test('holds no file that would never be read', () => {
    expect(check({ 'subjekt.hbs': 'x' }).faults).toContain(
      'unknown file "subjekt.hbs"; expected a part of a message, or one in a language like text.de.hbs; did you mean "subject.hbs"?',
    );
  });

  test('says something also when nothing is known', () => {
    expect(check({ 'subject.hbs': '{{person.name}}' }).faults).toBe(
      'templates/letter/subject.hbs:1: the subject is empty when nothing optional is known; add words of its own, or {{or person.first_name "there"}}',
    );
  });

  test('is read with nothing known, and told where that reads badly', () => {
    expect(check({ 'text.hbs': 'Hi {{person.first_name}},\n\none question.' }).notes).toBe(
      'templates/letter/text.hbs:1: reads "…Hi ,  one questio…" when a value is missing; write {{#if name}}…{{else}}…{{/if}} around it',
    );
    expect(check({ 'text.hbs': 'At {{account.name}} we met.' }).notes).toContain('reads "…At  we met.…"');
    expect(check({ 'text.hbs': 'Hi {{or person.first_name "there"}},\n\n- one\n- two' }).notes).toBe('');
  });

  test('is translated whole', () => {
    expect(check({ 'subject.hbs': 'x', 'text.hbs': 'y', 'text.de.hbs': 'z' }).notes).toBe(
      'templates/letter/subject.de.hbs: missing, though other parts of the message are written in "de"',
    );
  });
});
