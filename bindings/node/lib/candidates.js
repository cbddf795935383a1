"use strict";
// The functions of one name, and which of them a call means.

const koffi = require("koffi");
const { classes, typeError } = require("./errors");
const { textOf } = require("./given");
const { functionOf } = require("./koffi-types");
const { NativeCall } = require("./native-call");
const { RecordPointerType, RecordReferenceType } = require("./types/record-pointers");
const { RecordType } = require("./types/records");
const { declare } = require("./types/functions");
const { CharacterType } = require("./types/scalars");
const { StringType } = require("./types/text");
const { show } = require("./types/type");

/** A function of the library's, as its header declares it. */
class Candidate {
    #calls = new Map();
    #signature = null;

    /**
     * @param {Image} image
     * @param {object} description as nlib gives it
     */
    constructor(image, description) {
        this.image = image;
        this.description = description;
    }

    /** Its types as declared, for reading. */
    get declared() {
        return (this.#signature ??= this.image.types.signature(this.description));
    }

    /** What the caller gives for each parameter. */
    get parameters() {
        const pass = this.description.thunk?.pass;
        return this.declared.parameters.map(({ name, type }, index) => ({
            name,
            type: pass && !this.isDirect ? this.#passed(type, pass[index]) : type,
        }));
    }

    /** As C declares it. */
    get declaration() {
        const { name, parameters, method } = this.description;
        const list = this.declared.parameters.map((parameter, index) => {
            const text = declare(parameter.type, parameter.name);
            return parameters[index].default === undefined ? text : `${text} = ${parameters[index].default}`;
        });
        if (this.declared.isVariadic) list.push("...");
        const whole = `${name}(${list.join(", ")})`;
        const made = method?.kind === "constructor" || method?.kind === "destructor";
        const text = made ? whole : declare(this.declared.result, whole);
        return `${method?.kind === "static" ? "static " : ""}${text}${method?.const ? " const" : ""}`;
    }

    /** Whether it is called at its own address; else through its thunk. */
    get isDirect() {
        const { direct, thunk, method } = this.description;
        if (!direct || thunk?.throws || method) return false;
        const types = [this.declared.result, ...this.declared.parameters.map(({ type }) => type)];
        return !thunk || types.every((type) => !(type instanceof RecordType) || type.isPassable);
    }

    /** Whether so many arguments may be given. */
    takes(count) {
        const length = this.declared.parameters.length;
        if (this.declared.isVariadic) return count >= length;
        if (count === length) return true;
        return this.description.thunk?.symbols.some(({ arguments: given }) => given === count) ?? false;
    }

    /** The call for so many arguments; `isRaw` leaves pointers to text as pointers. */
    call(count, isRaw = false) {
        const key = this.declared.isVariadic ? -1 - Number(isRaw) : count * 2 + Number(isRaw);
        let call = this.#calls.get(key);
        if (call === undefined) {
            call =
                this.isDirect && (count === this.declared.parameters.length || this.declared.isVariadic)
                    ? this.#direct(isRaw)
                    : this.#thunk(count, isRaw);
            this.#calls.set(key, call);
        }
        return call;
    }

    /** How well values fit its parameters: a rank for each, null where one does not fit. */
    ranks(values) {
        const { parameters } = this;
        const ranks = [];
        for (let index = 0; index < values.length; index++) {
            const rank = index < parameters.length ? parameters[index].type.rank(values[index]) : 3;
            if (rank === null) return null;
            ranks.push(rank);
        }
        return ranks;
    }

    #direct(isRaw) {
        const { image, description, declared } = this;
        const result = isRaw ? declared.result.unfollowed : declared.result;
        const address = image.interface.address(description.symbol);
        return new NativeCall({
            image,
            name: description.name,
            target: koffi.decode(
                address,
                this.#expressible(() => declared.nativeFor(result)),
            ),
            parameters: declared.parameters,
            result,
            isVariadic: declared.isVariadic,
        });
    }

    #thunk(count, isRaw) {
        const { image, description } = this;
        const { thunk, method, name } = description;
        const symbol = thunk?.symbols.find(({ arguments: given }) => given === count)?.symbol;
        if (symbol === undefined)
            throw new classes.TypeNotSupportedError(`${name} has no form that C can call: ${this.declaration}`);
        const parameters = this.parameters.slice(0, count);
        const declaredResult = isRaw ? this.declared.result.unfollowed : this.declared.result;
        const needsSelf = method && method.kind !== "static";
        const self = needsSelf ? new RecordPointerType(image.record(method.record), { nonnull: true, image }) : null;
        const natives = parameters.map(({ type }) => this.#expressible(() => type.native));
        if (thunk.returns === "pointer") natives.unshift("void *");
        else if (self) natives.unshift("void *");
        if (thunk.returns === "pointer" && self) natives.unshift("void *");
        if (thunk.throws) natives.push("void *");
        const isValue = thunk.returns === "value" || thunk.returns === "reference";
        const given = isValue
            ? this.#expressible(() => declaredResult.nativeResult)
            : thunk.returns === "string"
              ? "void *"
              : "void";
        return new NativeCall({
            image,
            name,
            target: koffi.decode(image.interface.address(symbol), functionOf(given, natives)),
            parameters,
            result: declaredResult,
            returns: isValue ? "value" : thunk.returns,
            self,
            throws: thunk.throws ?? false,
        });
    }

    /** A parameter as the thunk takes it. */
    #passed(type, pass) {
        const { image } = this;
        if (pass === "string")
            return new StringType(new CharacterType("char", 1, true), { constant: true, nonnull: true, image });
        if (pass === "pointer") {
            const passed = new RecordReferenceType(type, { constant: true, image });
            passed.spelling = type.spelling;
            return passed;
        }
        return type;
    }

    #expressible(read) {
        try {
            return read();
        } catch (error) {
            if (error instanceof classes.TypeNotSupportedError)
                error.message = `${this.description.name} cannot be called from JavaScript: ${error.message}`;
            throw error;
        }
    }
}

/** The functions of one name: the overloads of C++, one in C. */
class Candidates {
    /**
     * @param {Image} image
     * @param {object[]} descriptions
     */
    constructor(image, descriptions) {
        this.image = image;
        this.all = descriptions.map((description) => new Candidate(image, description));
        this.name = descriptions[0].name;
        /** The only one, when there is no choice at all. */
        this.only = this.all.length === 1 && !this.#hasDefaults(this.all[0]) ? this.all[0] : null;
    }

    /** The one that a call with these arguments means. */
    choose(values) {
        if (this.only) return this.only;
        const taking = this.all.filter((candidate) => candidate.takes(values.length));
        if (taking.length === 1) return taking[0];
        if (taking.length === 0) throw this.#countError(values.length);
        const fitting = taking
            .map((candidate) => ({ candidate, ranks: candidate.ranks(values) }))
            .filter(({ ranks }) => ranks !== null);
        if (fitting.length === 0)
            throw typeError(
                `${this.name}: no overload takes (${values.map(show).join(", ")}); there are\n${this.listing(taking)}`,
            );
        const best = fitting.filter((one) => fitting.every((other) => one === other || isBetter(one, other)));
        if (best.length === 1) return best[0].candidate;
        const near = fitting.map(({ candidate }) => candidate.declaration);
        throw new classes.AmbiguousError(
            `${this.name}: (${values.map(show).join(", ")}) fits several overloads; choose one with ` +
                `.overload("${typesOf(fitting[0].candidate)}")\n${this.listing(fitting.map(({ candidate }) => candidate))}`,
            { near },
        );
    }

    /** The one with these parameter types, as the header writes them. */
    named(types) {
        textOf(types, "the argument of overload");
        const plain = (text) => text.replace(/\s+/g, "").replace(/^\(|\)$/g, "");
        const found = this.all.filter((candidate) => plain(typesOf(candidate)) === plain(types));
        if (found.length === 1) return found[0];
        throw new classes.SymbolError(
            `${this.name} has no overload (${types}); there are\n${this.listing(this.all)}`,
            {
                near: this.all.map(typesOf),
            },
        );
    }

    listing(candidates = this.all) {
        return candidates.map((candidate) => `    ${candidate.declaration}`).join("\n");
    }

    #hasDefaults(candidate) {
        const symbols = candidate.description.thunk?.symbols;
        return symbols?.some(({ arguments: count }) => count !== candidate.description.parameters.length) ?? false;
    }

    #countError(count) {
        const given = `${count} argument${count === 1 ? "" : "s"}`;
        if (this.all.length === 1)
            return typeError(`${this.name} does not take ${given}: ${this.all[0].declaration}`);
        return typeError(`${this.name}: no overload takes ${given}; there are\n${this.listing()}`);
    }
}

/** The types of a function's parameters, as a caller names an overload. */
function typesOf(candidate) {
    return candidate.declared.parameters.map(({ type }) => type.spelling).join(", ");
}

/** As in C++: no argument fits worse and one fits better; of equals the one that is not const. */
function isBetter(one, other) {
    if (one.ranks.some((rank, index) => rank > other.ranks[index])) return false;
    if (one.ranks.some((rank, index) => rank < other.ranks[index])) return true;
    const isConstant = ({ candidate }) => candidate.description.method?.const ?? false;
    if (isConstant(one) !== isConstant(other)) return !isConstant(one);
    // Fewer defaults are filled in.
    return one.candidate.declared.parameters.length < other.candidate.declared.parameters.length;
}

module.exports = { Candidates };
