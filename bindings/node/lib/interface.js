"use strict";
// What a library's headers declare, asked for name by name, and the types made of it (docs/interface.md).

const koffi = require("koffi");
const { check } = require("./failures");
const { nlib, outCell } = require("./native");
const { ArrayType, VectorType } = require("./types/arrays");
const { FunctionPointerType, Signature } = require("./types/functions");
const { PointerType, ReferenceType } = require("./types/pointers");
const { RecordPointerType, RecordReferenceType } = require("./types/record-pointers");
const { RecordType } = require("./types/records");
const { BoolType, CharacterType, EnumType, FloatType, IntegerType } = require("./types/scalars");
const { TextType } = require("./types/text");
const { UnsupportedType, VoidType } = require("./types/type");

/** The texts of an interface: an nlib_interface. */
class Interface {
    #handle;
    #spare;

    /**
     * Reads the interface of a loaded library; a CompileError when a header does not parse.
     * @param {bigint} library
     * @param {() => bigint | null} spare gives another handle of it, for thunks that this one does not have
     */
    constructor(library, spare) {
        this.#handle = open(library);
        this.#spare = spare;
    }

    /** The names of a kind ("function", "record", …) or of everything when it is null, a line each. */
    nameLines(kind) {
        const text = outCell();
        check(nlib.interface_names(this.#handle, kind, text));
        return koffi.decode.string(text[0]);
    }

    names(kind) {
        const lines = this.nameLines(kind);
        return lines === "" ? [] : lines.trimEnd().split("\n");
    }

    /** Everything of a name; a SymbolError with the near names where there is nothing. */
    describe(kind, name) {
        const text = outCell();
        check(nlib.interface_describe(this.#handle, kind, name, "json", text));
        return JSON.parse(koffi.decode.string(text[0]));
    }

    /** The whole in a format of `nlib bind`. */
    text(format) {
        const text = outCell();
        check(nlib.interface_text(this.#handle, format, text, null));
        return koffi.decode.string(text[0]);
    }

    /** The address of a symbol or of a thunk. */
    address(symbol) {
        const address = outCell();
        const error = nlib.interface_symbol(this.#handle, symbol, address);
        const spare = error === null ? null : this.#spare();
        if (spare === null) check(error);
        else {
            nlib.error_free(error);
            this.free();
            this.#handle = open(spare);
            this.#spare = () => null;
            return this.address(symbol);
        }
        return address[0];
    }

    free() {
        nlib.interface_free(this.#handle);
    }
}

function open(library) {
    const handle = outCell();
    check(nlib.interface_open(library, handle));
    return handle[0];
}

/** An integer of an interface: a number, or digits beyond what a number holds. */
function integerOf(value) {
    return typeof value === "string" ? BigInt(value) : value;
}

/** Makes types of an interface's descriptions, each record, enumeration and typedef once. */
class Types {
    #image;
    #named = new Map();

    constructor(image) {
        this.#image = image;
    }

    /** The type of a description. */
    of(from) {
        const image = this.#image;
        switch (from.kind) {
            case "void":
                return new VoidType();
            case "bool":
                return new BoolType();
            case "integer":
                return new IntegerType(from.name, from.size, from.signed ?? false);
            case "character":
                return new CharacterType(from.name, from.size, from.signed ?? false);
            case "float":
                if (from.size !== 4 && from.size !== 8) return new UnsupportedType(from.name, from.size);
                return new FloatType(from.name, from.size);
            case "pointer":
                return this.#pointer(from.to, { nonnull: from.nullability === "nonnull", image });
            case "reference":
                return this.#reference(from.to);
            case "array":
                return new ArrayType(this.of(from.of), from.length ?? null, image);
            case "vector":
                return new VectorType(this.of(from.of), from.length, image);
            case "typedef":
                return this.#typedef(from.name);
            case "record":
                return this.record(from.name);
            case "enum":
                return this.enumeration(from.name);
            case "function":
                return this.#functionPointer(from, {});
            default:
                return new UnsupportedType(from.spelling ?? from.kind, from.size ?? 0);
        }
    }

    /** A structure, union or class by its name. */
    record(name) {
        return this.#once(`record ${name}`, () => {
            const from = this.#describe("record", name);
            return from === null ? this.opaque(name) : new RecordType(from, this.#image);
        });
    }

    /** A record of which nothing but the name is known. */
    opaque(name) {
        return this.#once(`opaque ${name}`, () => {
            const from = { name, kind: "struct", size: 0, alignment: 0, opaque: true, fields: [] };
            return new RecordType(from, this.#image);
        });
    }

    /** An enumeration by its name. */
    enumeration(name) {
        return this.#once(`enum ${name}`, () => {
            const from = this.#describe("enum", name);
            if (from === null) return new IntegerType(name, 4, true);
            const values = new Map();
            for (const { name: whole, value } of from.values) {
                values.set(whole, integerOf(value));
                const last = whole.slice(whole.lastIndexOf("::") + 2);
                if (whole.includes("::") && !values.has(last)) values.set(last, integerOf(value));
            }
            return new EnumType(name, this.of(from.type), values);
        });
    }

    /** The result and parameters of a function or function type. */
    signature(from) {
        const parameters = from.parameters.map(({ name, type }) => ({ name: name ?? "", type: this.of(type) }));
        return new Signature(this.of(from.result), parameters, from.variadic ?? false);
    }

    #pointer(to, more) {
        const constant = to.const ?? false;
        const target = this.#target(to);
        if (target.kind === "function") return this.#functionPointer(target, more);
        const type = this.of(to);
        if (type instanceof CharacterType) return new TextType(type, { ...more, constant });
        const Class = type instanceof RecordType ? RecordPointerType : PointerType;
        return new Class(type, { ...more, constant: constant || this.#isConstant(to) });
    }

    #reference(to) {
        const more = { constant: this.#isConstant(to), image: this.#image };
        const type = this.of(to);
        return type instanceof RecordType ? new RecordReferenceType(type, more) : new ReferenceType(type, more);
    }

    #functionPointer(from, more) {
        return new FunctionPointerType(() => this.signature(from), this.#image, more);
    }

    #typedef(name) {
        return this.#once(`typedef ${name}`, () => {
            const from = this.#describe("typedef", name);
            if (from === null) return new UnsupportedType(name, 0);
            const type = this.of(from.type);
            if (type instanceof RecordType || type instanceof EnumType) return type;
            type.spelling = name;
            return type;
        });
    }

    /** What stands behind typedefs. */
    #target(from) {
        let target = from;
        while (target.kind === "typedef") {
            const found = this.#describe("typedef", target.name);
            if (found === null) break;
            target = found.type;
        }
        return target;
    }

    #isConstant(from) {
        return (from.const ?? false) || (from.kind === "typedef" && (this.#target(from).const ?? false));
    }

    #describe(kind, name) {
        const found = this.#image.find(kind, name);
        return found.length ? found[0] : null;
    }

    #once(key, make) {
        let type = this.#named.get(key);
        if (type === undefined) {
            type = make();
            this.#named.set(key, type);
        }
        return type;
    }
}

module.exports = { Interface, Types, integerOf };
