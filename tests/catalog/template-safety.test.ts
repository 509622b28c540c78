import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderTemplate } from '../../src/catalog/render-template.ts';
import { compileTemplate, type TemplateKind } from '../../src/catalog/template.ts';
import { emptyContext, type TemplateContext } from '../../src/catalog/template-context.ts';
import { faultsOf, named, render, withProperties } from './rendering.ts';

describe('values', () => {
  test('are escaped in HTML, and only there', () => {
    const context = named('<img src=x onerror=`a`> & "Ada"');
    expect(render('<p>{{person.first_name}}</p>', 'html', context)).toBe(
      '<p>&lt;img src&#61;x onerror&#61;&#96;a&#96;&gt; &amp; &quot;Ada&quot;</p>',
    );
    expect(render('{{person.first_name}}', 'text', context)).toBe('<img src=x onerror=`a`> & "Ada"\n');
    expect(render('{{person.first_name}}', 'subject', context)).toBe('<img src=x onerror=`a`> & "Ada"');
  });

  test('stay on one line of a subject, of at most 200 characters', () => {
    expect(
      render('Hi {{person.first_name}}', 'subject', named('Ada\r\nBcc: everyone@example.com\u2028x\u0000')),
    ).toBe('Hi Ada Bcc: everyone@example.com x');
    expect(render('{{person.first_name}}', 'subject', named('😀'.repeat(300)))).toBe('😀'.repeat(200));
  });

  test('bring no control characters and no turned direction into a text', () => {
    expect(render('{{person.first_name}}', 'text', named('A\u0007d\u001b[31ma\u202Egpj\uD800\r\nx'))).toBe(
      'Ad[31magpj\nx\n',
    );
  });

  test('never become markup, in whatever kind of name they come', () => {
    const markup = fc.stringMatching(/^[<>&"'`=/a-z{}\n]{0,30}$/);
    fc.assert(
      fc.property(markup, (value) => {
        const html = render(
          '<b>{{person.first_name}}{{short person.first_name 20}}{{or person.first_name "x"}}</b>',
          'html',
          named(value),
        );
        expect(html.slice(3, -4)).not.toMatch(/[<>"'`=]/);
      }),
    );
  });

  test('are not templates themselves', () => {
    expect(render('{{person.first_name}}', 'text', named('{{link.draft}} {{#each signals}}'))).toBe(
      '{{link.draft}} {{#each signals}}\n',
    );
  });

  test('with a toHTML of their own, or a getter, are nothing', () => {
    const toHTML = { toHTML: () => '<script>' };
    const getter = Object.defineProperty({}, 'x', { get: () => 'code ran', enumerable: true });
    const context = withProperties(JSON.parse('{}'));
    const evil: TemplateContext = {
      ...context,
      event: { ...context.event, properties: Object.assign(Object.create(null), { object: toHTML, getter }) },
    };
    expect(render('[{{event.properties.object}}][{{event.properties.getter.x}}]', 'html', evil)).toBe('[][]');
  });

  test('in an href are our own links only', () => {
    expect(
      faultsOf('<a href="{{link.advocate}}">x</a><a href="{{program.booking_url}}">y</a>', 'html'),
    ).toEqual([]);
    expect(faultsOf('{{#each program.assets}}<a href="{{url}}">{{label}}</a>{{/each}}', 'html')).toEqual([]);
    for (const source of [
      '<a href="{{event.properties.url}}">x</a>',
      '<a href={{link.advocate}}>x</a>',
      '<a href="https://x/?q={{link.advocate}}">x</a>',
      '<p class="{{person.role}}">x</p>',
      '<{{person.role}}>',
      '<!-- {{person.role}} -->',
      '{{#each event.properties.list}}<a href="{{this.url}}">x</a>{{/each}}',
      '<style>a { color: {{person.role}} }</style>',
    ]) {
      expect(faultsOf(source, 'html').length, source).toBe(1);
    }
    expect(faultsOf('<script>x</script>', 'html')).toHaveLength(1);
  });
});

describe('what a template may not do', () => {
  // The published ways out of Handlebars, and the constructs they are made of.
  test.each([
    ['{{{person.name}}}', 'unescaped values'],
    ['{{&person.name}}', 'unescaped values'],
    ['{{> header}}', 'partials'],
    ['{{> (lookup . "x")}}', 'partials'],
    ['{{#> layout}}x{{/layout}}', 'partials'],
    ['{{#*inline "x"}}{{> x}}{{/inline}}', 'decorators'],
    ['{{* decorator}}', 'decorators'],
    ['{{#with person as |p|}}{{p}}{{/with}}', '"as |…|" is not available'],
    [
      '{{#with "s" as |string|}}{{#with "e"}}{{#with split as |conslist|}}{{this.pop}}{{/with}}{{/with}}{{/with}}',
      '"as |…|" is not available',
    ],
    ['{{#with person}}x{{/with}}', 'unknown block {{#with}}'],
    ['{{lookup person "name"}}', 'unknown helper "lookup"'],
    ['{{log person.name}}', 'unknown helper "log"'],
    ['{{helperMissing person.name}}', 'unknown helper "helperMissing"'],
    ['{{blockHelperMissing}}', 'unknown name "blockHelperMissing"'],
    ['{{#blockHelperMissing person.name}}x{{/blockHelperMissing}}', 'unknown block'],
    ['{{constructor person.name}}', 'unknown helper "constructor"'],
    ['{{@root.person.name}}', '"@root.person.name" is not available'],
    ['{{@key}}', '"@key" is not available'],
    ['{{__proto__.x}}', 'is not a name a template may use'],
    ['{{person.constructor}}', 'is not a name a template may use'],
    ['{{event.properties.constructor.prototype}}', 'is not a name a template may use'],
    ['{{event.properties.[__proto__]}}', 'is not a name a template may use'],
    ['{{event.properties.__lookupGetter__}}', 'is not a name a template may use'],
    ['{{../person.name}}', 'leads above the message'],
    ['{{#each signals}}{{../../person.name}}{{/each}}', 'leads above the message'],
    ['{{this}}', 'has a meaning inside {{#each}} only'],
    ['{{#if person.name includeZero=true}}x{{/if}}', 'takes exactly one name'],
    ['{{#each person.name}}x{{/each}}', 'is no list'],
    ['{{date event.occurred_at tz="UTC"}}', '"date" is used otherwise'],
    ['{{short person.name person.title}}', 'is a number of characters'],
    ['{{{{raw}}}}{{x}}{{{{/raw}}}}', 'unknown block {{#raw}}'],
    ['{{#if person.name}}', 'is never closed'],
    ['{{person.name', 'cannot be read as Handlebars'],
    ['{{#if person.name}}x{{/unless}}', 'cannot be read as Handlebars'],
  ])('%s', (source, message) => {
    const faults = faultsOf(source);
    expect(faults.join('\n')).toContain(message);
  });

  test('be an object that pretends to be a parsed template', () => {
    const ast = {
      type: 'Program',
      body: [{ type: 'MustacheStatement', path: { type: 'NumberLiteral', value: 'process.exit()' } }],
    };
    expect(faultsOf(ast)).toEqual(['expected a text, got a map']);
    expect(faultsOf(undefined)).toEqual(['expected a text, got nothing']);
    expect(faultsOf(['{{person.name}}'])).toEqual(['expected a text, got a list']);
  });

  test('be larger than 20 kB, or nest deeper than eight blocks', () => {
    expect(faultsOf('x'.repeat(20_001))).toEqual(['20001 characters, expected at most 20000']);
    expect(faultsOf(`${'{{#if person.name}}'.repeat(9)}x${'{{/if}}'.repeat(9)}`)).toEqual([
      'blocks nest deeper than 8',
    ]);
    expect(faultsOf(`${'{{#if person.name}}'.repeat(700)}x${'{{/if}}'.repeat(700)}`)).toEqual([
      'blocks nest deeper than 8',
    ]);
    const chain = `{{#if person.name}}a${'{{else if person.title}}b'.repeat(20)}{{/if}}`;
    expect(faultsOf(chain)).toEqual([]);
  });

  test('loop out of hand, or write more than 256 kB', () => {
    const signals = Array.from({ length: 60 }, (_, n) => ({ name: `s${n}`, says: 'x', points: 1 }));
    const nested =
      '{{#each signals}}{{#each ../signals}}{{#each ../../signals}}{{#each ../../../signals}}{{says}}{{/each}}{{/each}}{{/each}}{{/each}}';
    const before = performance.now();
    expect(() => render(nested, 'text', { ...emptyContext(), signals })).toThrow(/steps to write/);
    expect(performance.now() - before).toBeLessThan(2_000);

    const long = withProperties({ text: 'x'.repeat(30_000), list: Array.from({ length: 200 }, () => 1) });
    expect(() =>
      render('{{#each event.properties.list}}{{event.properties.text}}{{/each}}', 'text', long),
    ).toThrow(/longer than 256 kB/);
  });

  test('show more than 200 items of a list', () => {
    const context = withProperties({ list: Array.from({ length: 1000 }, () => 1) });
    expect(render('{{#each event.properties.list}}{{this}}{{/each}}', 'text', context)).toHaveLength(201);
  });

  test('throw while it is checked, whatever it holds', () => {
    const word = fc.constantFrom(
      '{{',
      '}}',
      '{{{',
      '}}}',
      '{{#each signals}}',
      '{{/each}}',
      '{{#if person.name}}',
      '{{else}}',
      '{{/if}}',
      '{{~',
      '~}}',
      'this',
      '../',
      '@',
      'person',
      '.',
      '"',
      '[',
      ']',
      '|',
      ' ',
      '\n',
      '(',
      ')',
      '=',
      '!--',
      '--}}',
      '\\',
      '<',
      '>',
      '&',
      '1',
      'or ',
      'date ',
      'constructor',
    );
    const kinds = fc.constantFrom<TemplateKind>('text', 'html', 'subject');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 15 }), kinds, (words, kind) => {
        const compiled = compileTemplate(words.join(''), kind, { file: 'f' });
        expect(
          Array.isArray(compiled)
            ? compiled.length > 0
            : renderTemplate(compiled, emptyContext()) !== undefined,
        ).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
