import type { INestApplicationContext } from '@nestjs/common';
import { type DescribeOptions, describePage } from './describe-page.js';
import { PageRegistry } from './page.registry.js';

/** An OpenAPI document, as far as pages are merged into it: what `SwaggerModule.createDocument` makes fits. */
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, object>;
}

/**
 * Puts every page of an app into a document, in place of what swagger made of the page's handler.
 * @param app  after `init()`: pages are known then
 * @returns the same document
 */
export function addPagesToOpenApi<D extends OpenApiDocument>(
  document: D,
  app: INestApplicationContext,
  options: Pick<DescribeOptions, 'problem'> = {},
): D {
  const target = document.openapi.startsWith('3.0') ? 'openapi-3.0' : 'draft-2020-12';
  for (const plan of app.get(PageRegistry, { strict: false }).plans) {
    const path = `/${plan.declaration.path.replace(/:(\w+)/g, '{$1}')}`;
    const known = Object.keys(document.paths).filter(key => key.endsWith(path));
    const operation = { [plan.declaration.method.toLowerCase()]: describePage(plan, { ...options, target }) };
    // Under a global prefix or a version, swagger knows the whole path.
    for (const key of known.length > 0 ? known : [path]) {
      document.paths[key] = { ...document.paths[key], ...operation };
    }
  }
  return document;
}
