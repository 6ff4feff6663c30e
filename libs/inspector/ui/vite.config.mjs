import { defineConfig } from 'vite';

/** The inspector's pages: everything from the management port's own origin, nothing inline. Its server says so in every answer. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/inspector/',
  // `npx vite libs/inspector/ui` beside a running BFF: its data, these pages with hot reload.
  server: { proxy: { '/inspector/api': process.env.MANAGEMENT ?? 'http://127.0.0.1:9000' } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../../dist/libs/inspector/ui',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
