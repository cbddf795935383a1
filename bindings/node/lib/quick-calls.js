"use strict";
// Functions of JavaScript's for native functions with few parameters: without arrays of arguments, which would
// cost as much as the call itself.

const { enter, leave } = require("./calls");

/**
 * A function that calls what a state says. It takes the quick way when as many arguments are given as the native
 * function has, and nothing has to be chosen.
 * @param {{quick: NativeCall | null, run: Function}} state
 * @param {number | null} count how many parameters there are; null when that depends
 */
function quickFunction(state, count) {
    switch (count) {
        case 0:
            return function () {
                const call = state.quick;
                if (call === null || arguments.length !== 0) return state.run(null, [...arguments]);
                const frame = begin(call);
                try {
                    return call.plainResult(frame, call.target());
                } finally {
                    leave(frame);
                }
            };
        case 1:
            return function (a) {
                const call = state.quick;
                if (call === null || arguments.length !== 1) return state.run(null, [...arguments]);
                const frame = begin(call);
                try {
                    return call.plainResult(frame, call.target(call.argument(0, a, frame)));
                } finally {
                    leave(frame);
                }
            };
        case 2:
            return function (a, b) {
                const call = state.quick;
                if (call === null || arguments.length !== 2) return state.run(null, [...arguments]);
                const frame = begin(call);
                try {
                    return call.plainResult(
                        frame,
                        call.target(call.argument(0, a, frame), call.argument(1, b, frame)),
                    );
                } finally {
                    leave(frame);
                }
            };
        case 3:
            return function (a, b, c) {
                const call = state.quick;
                if (call === null || arguments.length !== 3) return state.run(null, [...arguments]);
                const frame = begin(call);
                try {
                    return call.plainResult(
                        frame,
                        call.target(
                            call.argument(0, a, frame),
                            call.argument(1, b, frame),
                            call.argument(2, c, frame),
                        ),
                    );
                } finally {
                    leave(frame);
                }
            };
        default:
            return function (...values) {
                return state.run(null, values);
            };
    }
}

function begin({ image }) {
    if (!image.isLive) image.check();
    return enter(image);
}

module.exports = { quickFunction };
