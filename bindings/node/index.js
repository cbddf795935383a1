"use strict";
// nlib for Node: native libraries loaded from their sources. README.md is the guide, index.d.ts the reference.

const { load, loadSync } = require("./lib/context");
const { classes } = require("./lib/errors");
const { has, nlib, useLibrary } = require("./lib/native");
const { plain } = require("./lib/record");
const values = require("./lib/values");

module.exports = {
    load,
    loadSync,
    useLibrary,
    has,
    version: () => nlib.version_string(),
    plain,
    ...values,
    ...classes,
};
