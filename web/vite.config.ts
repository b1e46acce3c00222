import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const HUB = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/api": HUB, "/demo/enter": HUB, "/socket.io": { target: HUB, ws: true } } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the policy of the documents lets nothing inline run
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input: { buyer: "index.html", console: "console.html", demo: "demo.html", widget: "src/widget/widget.ts" },
      output: {
        // Shop pages name the widget's script in their source: it alone keeps its name.
        entryFileNames: (chunk) => (chunk.name === "widget" ? "widget.js" : "assets/[name]-[hash].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
});
