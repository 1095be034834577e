const assert = require("node:assert");
const test = require("node:test");
const api = require("../services/api");

test("an answer names its tenant", () => {
  assert.deepEqual(api("a"), { service: "api", tenant: "a" });
});
