/** What `guichet map --help` prints. */
export const MAP_USAGE = `guichet map [options]

Tells which pages and pass-through routes of a project's apps use which services and calls, so that whoever retires a service
knows every page that it touches. It reads the sources, with the project's own TypeScript: nothing is run, no server is needed.

  --app NAME        this app alone; may be given several times
  --service NAME    the pages and routes that touch this service alone; may be given several times
  --json            as JSON
  --mermaid         as a Mermaid flowchart
  --strict          fail also where something could not be told from the sources
  --at DATE         as if it were this day (2027-04-01): what will be retired then, and still be used?
  --project FILE    a tsconfig file instead of ./tsconfig.json; of a Nest workspace (nest-cli.json) all applications are read
  --help            this

Ends with 0; with 1 where something retired is still used: past its sunset, or declared \`retired\` (with --strict also where
something is unknown); with 2 where no map can be drawn.
`;

/** What `guichet --help` prints. */
export const USAGE = `guichet <command> [options]

  map    which pages and routes use which services and calls

guichet <command> --help tells more.
`;
