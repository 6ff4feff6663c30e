import type { OpenApiOperation } from 'guichet/page';

/** A field of a page's answer, or one of its inputs, that its schema says is deprecated. */
export interface DeprecatedFieldView {
  readonly in: 'answer' | 'body' | 'path' | 'query' | 'header';
  /** Its dotted name; of an array's members `films[].price`. */
  readonly path: string;
  readonly description: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Fields that are told of one page, and how deep they are looked for: schemas are as large as somebody made them. */
const MAX_FIELDS = 50;
const MAX_DEPTH = 12;

/** @returns the fields that a page's schemas say are deprecated, by JSON Schema's own keyword */
export function deprecatedFields(operation: OpenApiOperation): readonly DeprecatedFieldView[] {
  const found: DeprecatedFieldView[] = [];
  const { parameters, requestBody, responses } = operation as {
    readonly parameters: readonly { readonly name: string; readonly in: DeprecatedFieldView['in']; schema: Json }[];
    readonly requestBody?: Content;
    readonly responses: Readonly<Record<string, Content>>;
  };
  for (const { name, in: place, schema } of parameters) new Search(place, schema, found).visit(schema, name, 0);
  search('body', requestBody, found);
  // The page's own comes first, and those of problems are of another media type.
  for (const answer of Object.values(responses)) search('answer', answer, found);
  return found.slice(0, MAX_FIELDS);
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Json }>>;
}

function search(place: DeprecatedFieldView['in'], holder: Content | undefined, found: DeprecatedFieldView[]): void {
  const schema = holder?.content?.['application/json']?.schema;
  if (schema) new Search(place, schema, found).visit(schema, '', 0);
}

class Search {
  constructor(
    private readonly place: DeprecatedFieldView['in'],
    private readonly root: Json,
    private readonly found: DeprecatedFieldView[],
  ) {}

  visit(given: unknown, path: string, depth: number): void {
    if (depth > MAX_DEPTH || this.found.length >= MAX_FIELDS || !isObject(given)) return;
    const { $ref } = given;
    const schema = typeof $ref === 'string' ? { ...this.definition($ref), ...given } : given;
    if (schema['deprecated'] === true && path !== '') {
      this.note(path, schema['description']);
      return;
    }
    for (const [name, property] of Object.entries(isObject(schema['properties']) ? schema['properties'] : {}))
      this.visit(property, path === '' ? name : `${path}.${name}`, depth + 1);
    this.visit(schema['items'], `${path}[]`, depth + 1);
    this.visit(schema['additionalProperties'], `${path}.*`, depth + 1);
    for (const kind of ['anyOf', 'oneOf', 'allOf'])
      for (const one of Array.isArray(schema[kind]) ? (schema[kind] as unknown[]) : [])
        this.visit(one, path, depth + 1);
  }

  private note(path: string, description: unknown): void {
    if (this.found.some(known => known.in === this.place && known.path === path)) return;
    this.found.push({
      in: this.place,
      path,
      description: typeof description === 'string' ? description : undefined,
    });
  }

  /** What stands under a name of the same schema: `#/$defs/Film`. */
  private definition(reference: string): Json {
    const definitions = this.root['$defs'] ?? this.root['definitions'];
    const name = /^#\/(?:\$defs|definitions)\/(\w+)$/.exec(reference)?.[1];
    if (name === undefined || !isObject(definitions) || !Object.hasOwn(definitions, name)) return {};
    const found = definitions[name];
    return isObject(found) ? found : {};
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
