import { renderTemplate } from '../../src/catalog/render-template.ts';
import { compileTemplate, type TemplateKind } from '../../src/catalog/template.ts';
import { emptyContext, type TemplateContext } from '../../src/catalog/template-context.ts';

export function faultsOf(source: unknown, kind: TemplateKind = 'text'): string[] {
  const compiled = compileTemplate(source, kind, { file: 'text.hbs' });
  return Array.isArray(compiled)
    ? compiled.map(({ message, suggestion }) =>
        suggestion === undefined ? message : `${message}; ${suggestion}`,
      )
    : [];
}

export function render(
  source: string,
  kind: TemplateKind = 'text',
  context: TemplateContext = emptyContext(),
): string {
  const compiled = compileTemplate(source, kind, { file: 'text.hbs' });
  if (Array.isArray(compiled)) throw new Error(compiled.map(({ message }) => message).join('\n'));
  return renderTemplate(compiled, context);
}

export const named = (first_name: string): TemplateContext => ({
  ...emptyContext(),
  person: { ...emptyContext().person, first_name },
});
export const withProperties = (properties: TemplateContext['event']['properties']): TemplateContext => ({
  ...emptyContext(),
  event: { name: 'NPS Answered', occurred_at: Date.UTC(2026, 4, 14), properties },
});
