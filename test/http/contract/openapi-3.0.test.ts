import { openApi } from '../../../src/http/contract/openapi';
import { toOpenApi30 } from '../../../src/http/contract/openapi-3.0';

type Rendered = {
  openapi: string;
  info: { license: object };
  paths: object;
  components: { schemas: Record<string, { properties: Record<string, object>; allOf?: unknown }> };
};

describe('the 3.0 rendering of the published document', () => {
  const rendered = toOpenApi30(openApi) as Rendered;

  test('the 3.0 rendering of the published document is labelled 3.0 and has every path and schema', () => {
    expect(rendered.openapi).toBe('3.0.3');
    expect(rendered.info.license).toEqual({ name: 'MIT' });
    expect(Object.keys(rendered.paths)).toEqual(Object.keys(openApi.paths));
    expect(Object.keys(rendered.components.schemas)).toEqual(Object.keys(openApi.components.schemas));
  });

  test('the 3.0 rendering of the published document says a constant as an enum of one, and leaves out what 3.0 cannot say', () => {
    const text = JSON.stringify(rendered.components.schemas, (name, value) => (name === 'example' ? undefined : value));
    expect(text).toContain('"enum":["percent"]');
    expect(text).not.toMatch(/"(const|if|then|propertyNames)":/);
    expect(rendered.components.schemas.Period).not.toHaveProperty('allOf');
  });

  test('the 3.0 rendering of the published document keeps properties that are called like keywords, and the values of examples', () => {
    const { components, paths } = toOpenApi30({
      info: {},
      paths: { '/a': { example: { const: 1 } } },
      components: { schemas: { A: { properties: { if: { const: 'x' }, const: { type: 'string' } } } } },
    }) as Rendered;
    expect(components.schemas.A?.properties).toEqual({ if: { enum: ['x'] }, const: { type: 'string' } });
    expect(paths).toEqual({ '/a': { example: { const: 1 } } });
  });
});
