import { describe, expect, test } from 'vitest';
import { emptyContext, type TemplateContext } from '../../src/catalog/template-context.ts';
import { renderMail, renderNudge } from '../../src/delivery/render.ts';

const context = (): TemplateContext => {
  const empty = emptyContext();
  return {
    ...empty,
    person: { ...empty.person, first_name: 'Ada <b>' },
    link: {
      ...empty.link,
      advocate: 'https://asks.vendor.example/a/tok',
      action: 'https://app.vendor.example/share',
    },
  };
};

const mail = (files: Record<string, string>) => ({ name: 'promoter-email', files });
const english = {
  'subject.hbs': 'A favour, {{person.first_name}}',
  'text.hbs': 'Hi {{person.first_name}},\n\n{{link.advocate}}\n',
};

describe('a mail', () => {
  test('says its values as they are in text, and as text in HTML', () => {
    const rendered = renderMail(mail(english), null, context());
    expect(rendered.subject).toBe('A favour, Ada <b>');
    expect(rendered.text).toBe('Hi Ada <b>,\n\nhttps://asks.vendor.example/a/tok\n');
    expect(rendered.html).toContain(
      '<p>Hi Ada &lt;b&gt;,</p>\n<p><a href="https://asks.vendor.example/a/tok">https://asks.vendor.example/a/tok</a></p>',
    );
  });

  test.each([
    ['de-AT', 'Hallo'],
    ['de_AT', 'Hallo'],
    ['de', 'Hallo'],
    ['DE', 'Hallo'],
    ['de-CH', 'Grüezi'],
    ['fr', 'Hi'],
    ['', 'Hi'],
    [null, 'Hi'],
  ])('in the locale %s begins with %s', (locale, word) => {
    const folder = mail({
      ...english,
      'text.de.hbs': 'Hallo',
      'text.de-CH.hbs': 'Grüezi',
      'subject.de.hbs': 'Bitte',
    });
    expect(renderMail(folder, locale, context()).text.split(' ')[0]?.trim()).toBe(word);
  });

  test('with words of its own for HTML uses them, but not in another language than the text', () => {
    const folder = mail({
      ...english,
      'html.hbs': '<p>Dear {{person.first_name}}</p>',
      'text.de.hbs': 'Hallo',
    });
    expect(renderMail(folder, 'en', context()).html).toContain('<p>Dear Ada &lt;b&gt;</p>');
    expect(renderMail(folder, 'de', context()).html).toContain('<p>Hallo</p>');
  });

  test('without a text is an error that says which', () => {
    expect(() => renderMail(mail({ 'subject.hbs': 'x' }), 'de', context())).toThrow(
      'The template promoter-email has no text.hbs',
    );
  });
});

describe('a nudge', () => {
  const folder = mail({
    'title.hbs': 'Nice work',
    'body.hbs': 'Hi {{person.first_name}}\n',
    'action.hbs': 'Share it',
  });

  test('is three texts and a link', () => {
    expect(renderNudge(folder, null, context())).toEqual({
      title: 'Nice work',
      body: 'Hi Ada <b>',
      action: { label: 'Share it', url: 'https://app.vendor.example/share' },
    });
  });

  test('leads to the page of the advocate unless the trigger says otherwise', () => {
    const { link, ...rest } = context();
    expect(renderNudge(folder, null, { ...rest, link: { ...link, action: null } }).action.url).toBe(
      'https://asks.vendor.example/a/tok',
    );
  });

  test.each(['javascript:alert(1)', ''])('that leads to %j is refused', (url) => {
    const { link, ...rest } = context();
    expect(() => renderNudge(folder, null, { ...rest, link: { ...link, action: url } })).toThrow(
      'no http(s) URL',
    );
  });
});
