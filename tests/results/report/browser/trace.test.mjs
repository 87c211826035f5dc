// The trace export in a program that people look at such traces with: speedscope, which reads the
// Chrome trace event format as Perfetto does, and complains of every slice that does not nest.
//   REPORT_PAGES  a folder with trace.json (made by report_pages)
//   CHROMIUM      the browser
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const pages = resolve(process.env.REPORT_PAGES);

test("a viewer of traces reads every track, and every slice nests", async () => {
  // As its command line does it: the page cannot read another file, but it can run a script.
  const trace = readFileSync(join(pages, "trace.json"));
  const script = join(pages, "trace.js");
  writeFileSync(script, `speedscope.loadFileFromBase64("trace.json", "${trace.toString("base64")}")`);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--allow-file-access-from-files"],
  });
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on("console", (message) => {
      const text = message.text();
      if (/Tried to end|still open/.test(text) || message.type() === "error") complaints.push(text);
    });
    page.on("pageerror", (error) => complaints.push(`error: ${error}`));
    page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    const viewer = join(here, "node_modules/speedscope/dist/release/index.html");
    await page.goto(`${pathToFileURL(viewer)}#localProfilePath=${script}`);
    // It shows the first track and how many there are.
    const shown = page.getByText(/start and phases .*\(1\/\d+\)/);
    await shown.waitFor({ timeout: 30_000 });
    const tracks = Number(/\(1\/(\d+)\)/.exec(await shown.innerText())[1]);
    const events = JSON.parse(trace).traceEvents;
    const withSlices = new Set(events.filter(({ ph }) => ph === "B").map(({ tid }) => tid));
    assert.equal(tracks, withSlices.size);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
