// The HTML report in a real browser: Debian's chromium, headless, driven by playwright-core.
// usage: node --test report.test.mjs, with the environment variables
//   REPORT_PAGES  a folder with full.html, large.html, evil.html, load.html, stacks.html, check.html (made by report_pages)
//   CHROMIUM      the browser
//   SCREENSHOTS   a folder for pictures of the page; optional
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const pages = process.env.REPORT_PAGES;
const screenshots = process.env.SCREENSHOTS;
let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
      "--disable-background-networking", "--disable-component-update"],
  });
});
after(() => browser?.close());

// A page that fails the test if it complains or asks for anything.
async function open(name, { width = 1280, height = 800, scheme = "light" } = {}) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error}`));
  page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("file:") && !url.startsWith("data:")) complaints.push(`request: ${url}`);
  });
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto(pathToFileURL(join(pages, name)).href);
  return { page, complaints };
}

async function done({ page, complaints }) {
  assert.deepEqual(complaints, []);
  await page.close();
}

const rows = (page) => page.locator("#waterfall tbody tr");
const texts = (locator) => locator.allTextContents();

for (const scheme of ["light", "dark"]) {
  for (const width of [1280, 400]) for (const name of ["full", "load", "stacks", "check"]) {
    test(`nothing complains, nothing is asked for, nothing is cut: ${name}, ${width} px, ${scheme}`, async () => {
      const opened = await open(`${name}.html`, { width, scheme });
      const { page } = opened;
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `the page is ${overflow} px wider than the window`);
      for (const details of await page.locator("details").all()) {
        await details.evaluate((element) => { element.open = true; });
      }
      const unfolded = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(unfolded <= 0, `unfolded, the page is ${unfolded} px wider than the window`);
      if (screenshots) {
        mkdirSync(screenshots, { recursive: true });
        await page.screenshot({ path: join(screenshots, `${name}-unfolded-${width}-${scheme}.png`), fullPage: true });
        await page.reload();
        await page.screenshot({ path: join(screenshots, `${name}-first-${width}-${scheme}.png`) });
        await page.screenshot({ path: join(screenshots, `${name}-page-${width}-${scheme}.png`), fullPage: true });
      }
      await done(opened);
    });
  }
}

test("the answer, the comparison and the phases are the first screen", async () => {
  const opened = await open("full.html");
  for (const selector of [".answer", "main table", "main figure .wide svg"]) {
    const box = await opened.page.locator(selector).first().boundingBox();
    assert.ok(box.y < 800, `${selector} begins at ${box.y} px`);
  }
  await done(opened);
});

test("dark pages have light text, in the pictures too", async () => {
  const opened = await open("full.html", { scheme: "dark" });
  const colors = await opened.page.evaluate(() => {
    const of = (selector, what) => getComputedStyle(document.querySelector(selector))[what].match(/\d+/g).map(Number);
    return { ink: of("body", "color"), paper: of("body", "backgroundColor"), picture: of("figure .wide svg text", "fill") };
  });
  assert.ok(Math.max(...colors.paper) < 60, `paper ${colors.paper}`);
  assert.ok(Math.min(...colors.ink) > 180, `ink ${colors.ink}`);
  assert.ok(Math.min(...colors.picture) > 120, `ink of a picture ${colors.picture}`);
  await done(opened);
});

test("one size of each picture shows, and has a text", async () => {
  for (const [width, shown, hidden] of [[1280, "wide", "narrow"], [400, "narrow", "wide"]]) {
    const opened = await open("full.html", { width });
    for (const figure of await opened.page.locator("figure").all()) {
      assert.ok(await figure.locator(`.${shown} svg[role=img][aria-label]`).isVisible());
      assert.ok(!(await figure.locator(`.${hidden} svg`).isVisible()));
    }
    await done(opened);
  }
});

test("text in pictures is large enough to read", async () => {
  for (const [width, name] of [[1280, "full"], [400, "full"], [1280, "load"], [400, "load"], [1280, "stacks"], [400, "stacks"]]) {
    const opened = await open(`${name}.html`, { width });
    const smallest = await opened.page.evaluate(() => {
      const heights = Array.from(document.querySelectorAll("figure svg text"), (text) => {
        const svg = text.ownerSVGElement;
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        return scale * parseFloat(getComputedStyle(text).fontSize);
      });
      return Math.min(...heights.filter((height) => height > 0));
    });
    assert.ok(smallest >= 8.5, `${smallest} px at ${width} in ${name}`);
    await done(opened);
  }
});

test("the picker changes the waterfall", async () => {
  const opened = await open("full.html");
  const { page } = opened;
  const caption = () => page.locator("#waterfall caption").textContent();
  const options = await texts(page.locator("#pick-function option"));
  assert.ok(options.length >= 6, `${options}`);
  const first = await caption();
  const java = options.findIndex((text) => text.startsWith("java"));
  await page.locator("#pick-function").selectOption(String(java));
  assert.notEqual(await caption(), first);
  assert.match(await caption(), /^java, cold, /);
  const median = await caption();
  const before = await texts(rows(page));
  const places = await texts(page.locator("#pick-start option"));
  assert.ok(places.some((text) => text.startsWith("p90, ")), `${places}`);
  await page.locator("#pick-start").selectOption({ index: places.findIndex((text) => text.startsWith("p90, ")) });
  assert.notEqual(await caption(), median);
  assert.notDeepEqual(await texts(rows(page)), before);
  // Another function is shown at the same percentile.
  await page.locator("#pick-function").selectOption("0");
  assert.match(await page.locator("#pick-start option:checked").textContent(), /^p90, /);
  await done(opened);
});

test("what happened inside the phases can be left out", async () => {
  const opened = await open("full.html");
  const { page } = opened;
  assert.ok(await page.locator("#waterfall tr.sub").count() > 0);
  const phases = await page.locator("#waterfall tr.phase").count();
  await page.locator("#pick-details").uncheck();
  assert.equal(await page.locator("#waterfall tr.sub").count(), 0);
  assert.equal(await page.locator("#waterfall tr.phase").count(), phases);
  await done(opened);
});

for (const width of [1280, 400]) test(`the bars of the phases follow each other and fill the track: ${width} px`, async () => {
  const opened = await open("full.html", { width });
  const { page } = opened;
  await page.locator("#pick-details").uncheck();
  const table = await page.locator("#waterfall table").boundingBox();
  const place = await page.locator("#waterfall").boundingBox();
  assert.ok(Math.abs(table.width - place.width) < 2, `the table is ${table.width} px of ${place.width}`);
  const boxes = await page.evaluate(() => Array.from(document.querySelectorAll("#waterfall .track"), (track) => {
    const outer = track.getBoundingClientRect();
    const bar = track.firstChild.getBoundingClientRect();
    return { begin: (bar.left - outer.left) / outer.width, end: (bar.right - outer.left) / outer.width };
  }));
  assert.ok(boxes.length >= 5);
  assert.ok(await page.locator("#waterfall .track").first().evaluate((track) => track.clientWidth) > width * 0.35);
  let at = 0;
  for (const box of boxes) {
    assert.ok(Math.abs(box.begin - at) < 0.02, `${JSON.stringify(boxes)}`);
    at = box.end;
  }
  assert.ok(Math.abs(at - 1) < 0.02, `${at}`);
  await done(opened);
});

test("pointing at a row tells its values, and so do the arrow keys", async () => {
  const opened = await open("full.html");
  const { page } = opened;
  const told = page.locator("#told");
  const hint = await told.textContent();
  await rows(page).nth(1).hover();
  assert.notEqual(await told.textContent(), hint);
  await page.locator("#pick-details").focus();
  await page.keyboard.press("Tab");
  const names = await texts(page.locator("#waterfall tbody th"));
  const focused = () => page.evaluate(() => document.activeElement.querySelector("th")?.textContent);
  assert.equal(await focused(), names[0]);
  const first = await told.textContent();
  assert.match(first, /from 0 ns to/);
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), names[1]);
  assert.notEqual(await told.textContent(), first);
  await page.keyboard.press("End");
  assert.equal(await focused(), names.at(-1));
  await page.keyboard.press("Home");
  assert.equal(await focused(), names[0]);
  await done(opened);
});

test("the pickers work with the keyboard alone", async () => {
  const opened = await open("full.html");
  const { page } = opened;
  const caption = () => page.locator("#waterfall caption").textContent();
  const before = await caption();
  await page.locator("#pick-function").focus();
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await caption(), before);
  await done(opened);
});

test("tables sort by the button in their header, both ways, and say so", async () => {
  const opened = await open("full.html");
  const { page } = opened;
  const table = page.locator("table.sortable").first();
  const names = () => texts(table.locator("tbody th"));
  const median = table.locator("thead th").nth(3);
  assert.equal(await median.getAttribute("aria-sort"), "none");
  await median.locator("button").click();
  assert.equal(await median.getAttribute("aria-sort"), "ascending");
  const milliseconds = async () => (await texts(table.locator("tbody tr td:nth-child(4)"))).map((text) => {
    const [number, unit] = text.split(" ");
    return Number(number) * { "ns": 1e-6, "µs": 1e-3, "ms": 1, "s": 1e3 }[unit];
  });
  const ascending = await milliseconds();
  assert.deepEqual(ascending, [...ascending].sort((a, b) => a - b));
  // With the keyboard, the other way.
  await median.locator("button").focus();
  await page.keyboard.press("Enter");
  assert.equal(await median.getAttribute("aria-sort"), "descending");
  assert.deepEqual(await milliseconds(), [...ascending].reverse());
  await table.locator("thead th").first().locator("button").click();
  assert.equal(await median.getAttribute("aria-sort"), "none");
  assert.deepEqual(await names(), (await names()).sort((a, b) => a.localeCompare(b, undefined, { numeric: true })));
  await done(opened);
});

test("tables of libraries sort too: by size, not by letters", async () => {
  const opened = await open("full.html");
  const { page } = opened;
  await page.locator("details", { hasText: "the median start" }).first().evaluate((element) => { element.open = true; });
  const table = page.locator("details[open] table.sortable", { hasText: "open to mapped" }).first();
  await table.locator("thead th", { hasText: "size" }).locator("button").click();
  const sizes = (await texts(table.locator("tbody tr td:nth-child(2)"))).map((text) => {
    const [number, unit] = text.split(" ");
    return Number(number) * { B: 1, KiB: 1024, MiB: 1024 ** 2 }[unit];
  });
  assert.ok(sizes.length > 1);
  assert.deepEqual(sizes, [...sizes].sort((a, b) => a - b));
  await done(opened);
});

test("what a table is stands in the window, however wide the table is", async () => {
  for (const name of ["full", "load", "stacks"]) {
    const opened = await open(`${name}.html`, { width: 400 });
    const { page } = opened;
    for (const details of await page.locator("details").all()) await details.evaluate((element) => { element.open = true; });
    const outside = await page.evaluate(() => Array.from(document.querySelectorAll("caption"), (caption) => {
      const range = document.createRange();
      range.selectNodeContents(caption);
      return range.getBoundingClientRect().right > window.innerWidth ? caption.textContent : null;
    }).filter(Boolean));
    assert.deepEqual(outside, []);
    await done(opened);
  }
});

test("text in pictures stands inside its picture", async () => {
  for (const [width, name] of [[1280, "full"], [400, "full"], [1280, "load"], [400, "load"]]) {
    const opened = await open(`${name}.html`, { width });
    const cut = await opened.page.evaluate(() => Array.from(document.querySelectorAll("figure svg text"), (text) => {
      const inner = text.getBoundingClientRect();
      const outer = text.ownerSVGElement.getBoundingClientRect();
      const sticks = inner.width > 0 && (inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1);
      return sticks ? text.textContent.trim() : null;
    }).filter(Boolean));
    assert.deepEqual(cut, [], `${name} at ${width}`);
    await done(opened);
  }
});

test("every table has headers with a scope, and a caption", async () => {
  const opened = await open("full.html");
  const bad = await opened.page.evaluate(() => ({
    headers: document.querySelectorAll("th:not([scope])").length,
    tables: Array.from(document.querySelectorAll("table")).filter((table) => !table.caption || !table.tHead).length,
  }));
  assert.deepEqual(bad, { headers: 0, tables: 0 });
  await done(opened);
});

const milliseconds = (text) => {
  const [number, unit] = text.split(/[ \u00a0]/);
  return Number(number) * { ns: 1e-6, "µs": 1e-3, ms: 1, s: 1e3 }[unit];
};

test("under load: the answer of each load is on the first screen and its time scale is said", async () => {
  const opened = await open("load.html");
  const answers = await texts(opened.page.locator("header .answer"));
  assert.ok(answers.some((text) => text.includes("steady")), `${answers}`);
  const spikes = answers.find((text) => text.includes("spikes"));
  assert.match(spikes, /time ×60/);
  await done(opened);
});

test("under load: tables sort by their medians, both ways", async () => {
  const opened = await open("load.html");
  const { page } = opened;
  const section = page.locator("section[aria-labelledby=load]");
  const table = section.locator("table.sortable").first();
  const headers = await texts(table.locator("thead th"));
  const column = headers.findIndex((text) => text.startsWith("warm p50"));
  assert.ok(column > 0, `${headers}`);
  const cells = async () => (await texts(table.locator(`tbody tr td:nth-child(${column + 1})`))).map(milliseconds);
  const header = table.locator("thead th").nth(column);
  await header.locator("button").click();
  const ascending = await cells();
  assert.ok(ascending.length > 1 && ascending.every((value) => value > 0), `${ascending}`);
  assert.deepEqual(ascending, [...ascending].sort((a, b) => a - b));
  assert.equal(await header.getAttribute("aria-sort"), "ascending");
  await header.locator("button").click();
  assert.deepEqual(await cells(), [...ascending].reverse());
  await done(opened);
});

test("under load: the picker has the starts of each load, and shows them", async () => {
  const opened = await open("load.html");
  const { page } = opened;
  const options = await texts(page.locator("#pick-function option"));
  const steady = options.findIndex((text) => text.startsWith("java (steady, "));
  const spikes = options.findIndex((text) => text.startsWith("java (spikes, "));
  assert.ok(steady >= 0 && spikes >= 0, `${options}`);
  const caption = () => page.locator("#waterfall caption").textContent();
  await page.locator("#pick-function").selectOption(String(steady));
  assert.match(await caption(), /^java, steady, /);
  await page.locator("#pick-function").selectOption(String(spikes));
  assert.match(await caption(), /^java, spikes, /);
  assert.ok(await rows(page).count() > 3);
  await done(opened);
});

test("under load: each picture has a text with numbers, in either size", async () => {
  for (const [width, shown] of [[1280, "wide"], [400, "narrow"]]) {
    const opened = await open("load.html", { width });
    const pictures = opened.page.locator("section[aria-labelledby=load] figure");
    assert.ok(await pictures.count() >= 4);
    for (const figure of await pictures.all()) {
      const svg = figure.locator(`.${shown} svg[role=img]`);
      assert.ok(await svg.isVisible());
      assert.match(await svg.getAttribute("aria-label"), /\d/);
    }
    await done(opened);
  }
});

test("flame graphs have a text, scroll in their own box and name the hottest function", async () => {
  for (const width of [1280, 400]) {
    const opened = await open("stacks.html", { width });
    const { page } = opened;
    const graphs = page.locator("svg.flame[role=img][aria-label]");
    assert.equal(await graphs.count(), 4);  // two functions, on CPU and off
    const box = await graphs.first().evaluate((svg) => {
      const place = svg.parentElement;
      return { inside: svg.getBoundingClientRect().width, place: place.clientWidth, scrolls: getComputedStyle(place).overflowX };
    });
    assert.ok(box.inside <= box.place + 1 || box.scrolls === "auto", JSON.stringify(box));
    // Every name ends inside its box.
    const sticking = await page.evaluate(() => Array.from(document.querySelectorAll("svg.flame g"), (group) => {
      const text = group.querySelector("text");
      return text && text.getBBox().x + text.getBBox().width > group.querySelector("rect").getBBox().x + group.querySelector("rect").getBBox().width + 1 ? text.textContent : null;
    }).filter(Boolean));
    assert.deepEqual(sticking, []);
    assert.ok((await graphs.first().textContent()).includes("visit_"));
    await done(opened);
  }
});

test("pairs that a check did not judge are marked in headings, answers and the picker", async () => {
  const opened = await open("check.html");
  const { page } = opened;
  const marked = (all) => all.filter((text) => text.includes("not judged"));
  assert.equal(marked(await texts(page.locator("h2"))).length, 1);
  assert.equal(marked(await texts(page.locator(".answer"))).length, 1);
  assert.equal(marked(await texts(page.locator("#pick-function option"))).length, 2);
  await done(opened);
});

test("names from a suite are text, whatever they look like", async () => {
  const opened = await open("evil.html");
  const { page } = opened;
  for (const name of ["<script>alert(1)</script>", "<img src=x onerror=alert(2)>"]) {
    assert.ok((await texts(page.locator("tbody th"))).includes(name), name);
    assert.ok((await texts(page.locator("#pick-function option"))).includes(name), name);
    assert.ok((await texts(page.locator("figure svg text"))).some((text) => text.trim() === name), name);
  }
  assert.equal(await page.locator("img, iframe, object").count(), 0);
  await done(opened);
});

test("without JavaScript the median starts are there", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(pathToFileURL(join(pages, "full.html")).href);
  assert.ok(await page.locator(".without-script").isVisible());
  assert.ok(await page.locator("#waterfall").isHidden());
  assert.ok(await page.locator("details", { hasText: "the median start" }).count() > 0);
  await context.close();
});

test("on paper everything is unfolded and nothing is dark", async () => {
  const opened = await open("full.html", { scheme: "dark" });
  const { page } = opened;
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("details:not([open])").count(), 0);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).color), "rgb(0, 0, 0)");
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  assert.ok(await page.locator("details:not([open])").count() > 0);
  const paper = await page.pdf({ format: "A4" });
  assert.ok(paper.length > 10000);
  await done(opened);
});

test("the page of ten thousand starts is small and quick", async () => {
  const opened = await open("large.html");
  const { page } = opened;
  await page.locator("#pick-function").selectOption("1");
  assert.ok(await rows(page).count() > 5);
  const size = await page.evaluate(() => document.documentElement.outerHTML.length);
  assert.ok(size < 2e6, `${size} characters`);
  await done(opened);
});
