import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Everything in files of their own: the Assistant allows no script or style within a page.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0, target: 'es2023' },
});
