import type { VNode } from 'preact';

/** Where the films come from, and what this store is for. */
export function Footer(): VNode {
  return (
    <footer class="foot">
      <p>
        An example of <strong>Guichet</strong>: every page here is one request, which a Backend-for-Frontend composes
        from seven services. Nothing is for sale. Film data: <cite>movies.json</cite> of vega-datasets; the posters are
        drawn from title and genre.
      </p>
    </footer>
  );
}
