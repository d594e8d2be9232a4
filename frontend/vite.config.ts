/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const backend = process.env.COLLIMATE_BACKEND ?? 'http://127.0.0.1:8420';

export default defineConfig({
  base: '/',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    // Nothing is inlined: the content security policy allows fonts and workers from the origin only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 6000,
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
    environment: 'jsdom',
    setupFiles: ['src/test_setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    maxWorkers: 2,
  },
});
