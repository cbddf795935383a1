"use strict";
// One way to call one native function: at its own address, or through a thunk of nlib's.
//
// The native arguments are, in this order: where a record that is given by value goes, the object of a method,
// the arguments, and where the message of a C++ exception goes. For a plain function only the arguments.

const koffi = require("koffi");
const { AsyncFrame, checkThreads, enter, leave } = require("./calls");
const { classes, typeError } = require("./errors");
const { Holder, newPlace } = require("./memory");
const { endBy } = require("./record");
const { explain } = require("./types/type");
const { variadicArguments } = require("./variadic");

/** How results come back. */
const RETURNS = {
    /** As koffi gives them. */
    value: "value",
    /** In memory that the first argument points to. */
    pointer: "pointer",
    /** As a `char *` that nlib_thunk_free frees. */
    string: "string",
};

// Parameters that are quickly checked.
const [OTHER, INT, DOUBLE] = [0, 1, 2];
const FORMS = new Map([
    ["int32", INT],
    ["float64", DOUBLE],
]);

/** A native function with its types, ready to be called. */
class NativeCall {
    /**
     * @param {object} from
     * @param {Image} from.image
     * @param {string} from.name for errors
     * @param {Function} from.target the function that koffi made
     * @param {{name: string, type: Type}[]} from.parameters
     * @param {Type} from.result
     * @param {string} [from.returns] one of RETURNS
     * @param {Type | null} [from.self] the type of a pointer to the object of a method
     * @param {boolean} [from.throws]
     * @param {boolean} [from.isVariadic]
     */
    constructor({
        image,
        name,
        target,
        parameters,
        result,
        returns = "value",
        self = null,
        throws = false,
        isVariadic = false,
    }) {
        this.image = image;
        this.name = name;
        this.target = target;
        this.parameters = parameters;
        this.types = parameters.map(({ type }) => type);
        this.forms = this.types.map(({ key, isNumber }) => (isNumber ? (FORMS.get(key) ?? OTHER) : OTHER));
        this.result = result;
        this.givesNumber = result.isNumber;
        this.returns = returns;
        this.self = self;
        this.throws = throws;
        this.isVariadic = isVariadic;
        this.isPlain = returns === "value" && self === null && !throws && !isVariadic;
    }

    /** Calls it and waits. */
    run(self, values) {
        const { image } = this;
        if (!image.isLive) image.check();
        const frame = enter(image);
        try {
            const natives = this.#prepare(self, values, frame);
            const given = this.target(...natives);
            checkThreads(frame);
            return this.#complete(frame, given);
        } finally {
            leave(frame);
        }
    }

    /** One argument as koffi takes it. */
    argument(index, value, keeper) {
        // Numbers first: calls on whatever type the parameter is of cost as much as the call itself.
        const form = this.forms[index];
        if (form === INT) {
            if ((value | 0) === value) return value;
        } else if (form === DOUBLE && typeof value === "number") return value;
        try {
            return this.types[index].toNative(value, keeper);
        } catch (error) {
            throw explain(error, this.#argument(index));
        }
    }

    /** What the caller of a plain function gets for what koffi gave. */
    plainResult(frame, given) {
        checkThreads(frame);
        if (frame.failed !== null || frame.afters !== null) frame.finish();
        return this.givesNumber ? given : this.result.fromNative(given);
    }

    /** Calls it on a thread of Node's pool. */
    async runAsync(self, values) {
        const { image } = this;
        image.check();
        if (this.isVariadic) throw typeError(`${this.name} takes '...' and cannot be called asynchronously`);
        const frame = new AsyncFrame(image);
        try {
            frame.keep(self);
            frame.keep(values);
            const natives = this.#prepare(self, values, frame);
            const given = await new Promise((resolve, reject) => {
                this.target.async(...natives, (error, value) => (error ? reject(error) : resolve(value)));
            });
            return this.#complete(frame, given);
        } finally {
            frame.end();
        }
    }

    /** The arguments as koffi takes them. */
    #convert(values, keeper) {
        const count = this.types.length;
        if (values.length !== count) throw this.#countError(values.length);
        const natives = new Array(count);
        for (let index = 0; index < count; index++) natives[index] = this.argument(index, values[index], keeper);
        return natives;
    }

    #prepare(self, values, frame) {
        const natives = [];
        if (this.returns === "pointer") natives.push(this.#resultPlace(frame).native);
        if (this.self !== null) natives.push(this.#self(self, frame));
        if (this.isVariadic) {
            if (values.length < this.types.length) throw this.#countError(values.length);
            const fixed = values.slice(0, this.types.length);
            natives.push(...this.#convert(fixed, frame));
            natives.push(...variadicArguments(this.name, fixed, values.slice(fixed.length), frame));
        } else natives.push(...this.#convert(values, frame));
        if (this.throws) {
            frame.exception = frame.allocate(8, 8);
            natives.push(frame.exception.native);
        }
        return natives;
    }

    /** Where a record goes that is given by value: one that may be copied is, the others live there. */
    #resultPlace(frame) {
        const { size, alignment, isTrivial } = this.result;
        frame.result = isTrivial ? frame.allocate(size, alignment) : newPlace(size, alignment, new Holder());
        return frame.result;
    }

    #self(self, frame) {
        try {
            return this.self.toNative(self ?? null, frame);
        } catch (error) {
            throw explain(error, `${this.name}: 'this'`);
        }
    }

    /** What the caller gets, and the errors that the call ended with. */
    #complete(frame, given) {
        const exception = this.throws ? this.#exception(frame.exception) : null;
        if (exception !== null) throw frame.failed === null ? exception : withCause(frame.failed.error, exception);
        // What was made for the caller ends with the object or text, also where a callback failed.
        let made = null;
        if (this.returns === "pointer") made = this.#record(frame);
        else if (this.returns === "string") made = this.#string(given);
        frame.finish();
        return made ?? this.result.fromNative(given);
    }

    #exception({ view, base }) {
        const message = view.getBigUint64(base, true);
        if (message === 0n) return null;
        return new classes.NativeException(`${this.name} threw an exception: ${this.#string(message)}`);
    }

    #record(frame) {
        const { result } = this;
        const place = frame.result;
        // Frames are used again, and nothing may keep the object but its user.
        frame.result = null;
        if (result.isTrivial) return result.copy(place);
        const record = result.read(place);
        const destructor = this.image.destructorOf(result);
        if (destructor !== null) endBy(record, destructor);
        return record;
    }

    /** A text that a thunk made. */
    #string(address) {
        if (address === null) return null;
        const text = koffi.decode.string(address);
        this.image.freeThunkMemory(address);
        return text;
    }

    #argument(index) {
        const { name } = this.parameters[index];
        return `${this.name}: argument ${index + 1}${name ? ` (${name})` : ""}`;
    }

    #countError(given) {
        const count = this.parameters.length;
        const names = this.parameters.map(({ name, type }) => `${type.spelling}${name ? ` ${name}` : ""}`);
        const least = this.isVariadic ? "at least " : "";
        const listing = count ? ` (${names.join(", ")})` : "";
        return typeError(
            `${this.name} takes ${least}${count} argument${count === 1 ? "" : "s"}${listing}, not ${given}`,
        );
    }
}

/** A callback's error, after which native code threw one: that is its cause, where it has none and can have one. */
function withCause(error, exception) {
    const canHave = error instanceof Error && Object.isExtensible(error) && !Object.hasOwn(error, "cause");
    if (canHave) Object.defineProperty(error, "cause", { value: exception, writable: true, configurable: true });
    return error;
}

module.exports = { NativeCall, RETURNS };
