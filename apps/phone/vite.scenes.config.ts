import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The screens on a phone without a network: for tests and pictures, never part of what is served.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist-scenes',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    rollupOptions: { input: 'scenes.html' },
  },
});
