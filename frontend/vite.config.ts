/// <reference types="vitest/config" />
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const backend = process.env.COLLIMATE_BACKEND ?? 'http://127.0.0.1:8420';

/** Writes a compressed copy beside each file that gets smaller by it; the server sends that one. */
function compressed(): Plugin {
  return {
    name: 'compressed-copies',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const names = Object.keys(bundle).filter((name) => /\.(js|css|wasm|svg)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const path = join(dir ?? 'dist', name);
          const small = gzipSync(await readFile(path), { level: 9 });
          await writeFile(`${path}.gz`, small);
        }),
      );
    },
  };
}

/** Parts of pages; charts are large and come with the pages that show some. */
const isPart = (id: string): boolean =>
  /\/src\/(ui|commands|api)\/|@mantine|@tabler|@tanstack/.test(id) && !/echarts|Plot/i.test(id);

export default defineConfig({
  base: '/',
  // Readers of VTK's own files come along with it and need half a megabyte of XML: none is read here.
  resolve: { alias: { xmlbuilder2: join(import.meta.dirname, 'src/viewer/noXml.ts') } },
  plugins: [react(), compressed()],
  worker: { format: 'es' },
  build: {
    // Nothing is inlined: the content security policy allows fonts and workers from the origin only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 6000,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What every page begins with is one file: sixty small ones wait for each other.
            { name: 'start', tags: ['$initial'], priority: 2 },
            // Parts that several pages share, so that opening one asks for few files.
            { name: 'parts', test: isPart, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': backend, '/dicomweb': backend } },
  optimizeDeps: {
    // The image loader and its metadata must stay one copy, or files lose their pixel data in dev.
    exclude: ['@cornerstonejs/dicom-image-loader', '@cornerstonejs/metadata'],
    include: [
      'dicom-parser',
      'dcmjs',
      'gl-matrix',
      'pako',
      'uuid',
      'comlink',
      '@cornerstonejs/codec-charls/decodewasmjs',
      '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
      '@cornerstonejs/codec-openjpeg/decodewasmjs',
      '@cornerstonejs/codec-openjph/wasmjs',
      '@cornerstonejs/jpeg-lossless-decoder-js',
    ],
  },
  test: {
    setupFiles: ['src/test_setup.ts'],
    maxWorkers: 2,
    // files of one worker share what they import: evaluating it anew took a quarter of the time
    isolate: false,
    // how quick a test is says nothing on a busy machine
    testTimeout: 30_000,
    // making a document takes seconds: tests that need one say so in their name, and share a worker
    projects: [
      {
        extends: true,
        test: {
          name: 'plain',
          environment: 'node',
          include: ['src/**/*.test.ts'],
          exclude: ['src/**/*.page.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'page',
          environment: 'jsdom',
          include: ['src/**/*.page.test.ts', 'src/**/*.test.tsx'],
        },
      },
    ],
  },
});
