import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { addPagesToOpenApi } from 'guichet/page';
import { describeProblem, PROBLEM_MEDIA_TYPE } from 'guichet/problem';

const PROBLEM_REFERENCE = { $ref: '#/components/schemas/Problem' };

/** Serves `/openapi.json` and, for people, `/docs`. The document is made when it is first asked for. */
export function useOpenApi(app: INestApplication, name: string): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= describe(app, name)), { jsonDocumentUrl: 'openapi.json' });
}

function describe(app: INestApplication, name: string): OpenAPIObject {
  const base = new DocumentBuilder().setTitle(name).setVersion('1').setOpenAPIVersion('3.1.0').build();
  const document = addPagesToOpenApi(SwaggerModule.createDocument(app, base), app, { problem: PROBLEM_REFERENCE });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: describeProblem() as never },
    responses: {
      ...document.components?.responses,
      Problem: {
        description: 'The request failed.',
        content: { [PROBLEM_MEDIA_TYPE]: { schema: PROBLEM_REFERENCE } },
      },
    },
  };
  return document;
}
