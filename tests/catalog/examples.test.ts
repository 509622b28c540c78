import { describe, expect, test } from 'vitest';
import { runExamples } from '../../src/catalog/examples.ts';
import { formatFaults } from '../../src/catalog/fault.ts';
import { parseCatalog } from '../../src/catalog/read-catalog.ts';
import { catalogWith } from './faulty-catalog.ts';

const HEAD =
  'on: NPS Answered\nchannel: email\ntemplate: letter\nwhen:\n  - event: { score: { at_least: 9 } }\n';

function run(example: string, head = HEAD) {
  const lines = example
    .trim()
    .split('\n')
    .map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`);
  const checked = parseCatalog(catalogWith('trigger', `${head}examples:\n${lines.join('\n')}\n`));
  expect(formatFaults(checked.faults)).toBe('');
  const [result] = checked.catalog
    ? runExamples(
        checked.catalog.catalog,
        checked.examples.filter(({ trigger }) => trigger === 'case'),
      )
    : [];
  if (result === undefined) throw new Error('no example was run');
  return result;
}

describe('an example', () => {
  test('passes when the person it names is asked', () => {
    const result = run(
      'name: a ten\nevents:\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 10 } }\nexpect: { ask: ada }',
    );
    expect(result).toMatchObject({
      trigger: 'case',
      example: 'a ten',
      line: 7,
      passed: true,
      expected: 'asks ada',
      happened: 'asked ada by email',
      readiness: 70,
    });
  });

  test('that fails says what happened instead, and every gate that holds', () => {
    const result = run(
      'name: a six\naccount: { created: 3d ago }\nevents:\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 6 } }\nexpect: { ask: ada }',
    );
    expect(result).toMatchObject({ passed: false, happened: 'nobody was asked' });
    expect(result.holding.map(({ gate }) => gate)).toEqual(
      expect.arrayContaining(['event', 'per_account.minimum_tenure', 'per_person.detractor_for']),
    );
  });

  test('that expects a hold fails when someone is asked', () => {
    const result = run(
      'name: a ten\nevents:\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 10 } }\nexpect: { hold: event }',
    );
    expect(result).toMatchObject({ passed: false, happened: 'ada was asked' });
  });

  test('that expects a hold by one gate fails when another one holds', () => {
    const result = run(
      'name: an eight\nevents:\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 8 } }\nexpect: { hold: promoter }',
    );
    expect(result).toMatchObject({ passed: false, happened: 'promoter did not hold it; held by event' });
  });

  test('counts an ask that is due later as an ask', () => {
    const head = HEAD.replace('template: letter\n', 'template: letter\ndelay: 20h\nlatest: 10d\n');
    expect(
      run(
        'name: later\nevents:\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 10 } }\nexpect: { ask: ada }',
        head,
      ).passed,
    ).toBe(true);
  });

  test('tells apart who is asked', () => {
    const result = run(
      'name: who\nevents:\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 10 } }\npeople: { ben: { title: CFO } }\nexpect: { ask: ben }',
    );
    expect(result).toMatchObject({ passed: false, happened: 'ada was asked' });
  });

  test('remembers what was asked earlier in it', () => {
    const result = run(
      'name: twice\nevents:\n  - { ago: 40d, event: NPS Answered, by: ada, properties: { score: 10 } }\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 10 } }\nexpect: { hold: again }',
    );
    expect(result.passed, result.happened).toBe(true);
  });

  test('lets time pass: a trigger asks when what was in the way is over', () => {
    const head = HEAD.replace('template: letter\n', 'template: letter\nfresh: 10d\n');
    const result = run(
      'name: solved\nevents:\n  - { ago: 3d, event: Ticket Opened, by: ben }\n  - { ago: 2d, event: NPS Answered, by: ada, properties: { score: 10 } }\n  - { ago: 1d, event: Ticket Solved, by: ben }\nexpect: { ask: ada }',
      head,
    );
    expect(result.passed, result.happened).toBe(true);
  });

  test('may be about readiness alone', () => {
    const events =
      'events:\n  - { ago: 1d, event: Ticket Opened }\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 9 } }\n';
    expect(run(`name: damped\n${events}expect: { readiness: { at_most: 15 } }`).passed).toBe(true);
    expect(run(`name: damped\n${events}expect: { readiness: { at_least: 15 } }`)).toMatchObject({
      passed: false,
      happened: 'the readiness was 14',
    });
  });

  test('has an owner unless it says otherwise', () => {
    const head = HEAD.replace('channel: email', 'channel: draft');
    const events = 'events:\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 10 } }\n';
    expect(run(`name: owned\n${events}expect: { ask: ada }`, head).passed).toBe(true);
    expect(
      run(`name: own CSM\naccount: { csm_email: sam@elsewhere.example }\n${events}expect: { ask: ada }`, head)
        .passed,
    ).toBe(true);
    expect(
      run(`name: no owner\naccount: { csm_email: null }\n${events}expect: { hold: no_owner }`, head).passed,
    ).toBe(true);
  });

  test('is played whatever the status of its trigger, and also for an account of the comparison group', () => {
    const head = `${HEAD.replace('on:', 'status: draft\nholdout: 100%\naudience: { accounts: [acme] }\non:')}`;
    expect(
      run(
        'name: draft\nevents:\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 10 } }\nexpect: { ask: ada }',
        head,
      ).passed,
    ).toBe(true);
  });

  test('ignores events of another account', () => {
    const result = run(
      'name: elsewhere\nevents:\n  - { ago: 1d, event: Ticket Opened, account: other }\n  - { ago: 0s, event: NPS Answered, by: ada, properties: { score: 10 } }\nexpect: { ask: ada }',
    );
    expect(result.passed, result.happened).toBe(true);
  });
});
