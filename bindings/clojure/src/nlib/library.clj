(ns nlib.library
  "Libraries as people hold them, and their members by name: functions, structures, values, variables."
  (:require [clojure.string :as string]
            [nlib.error :as error :refer [fail]]
            [nlib.function :as function]
            [nlib.generation :as generation]
            [nlib.interface :as interface]
            [nlib.layout :as layout]
            [nlib.memory]
            [nlib.object :as object]
            [nlib.pointer]
            [nlib.record :as record]
            [nlib.scalars]
            [nlib.spelling :as spelling]
            [nlib.types :as types])
  (:import (clojure.lang AFn IAtom IDeref IFn ILookup)
           (java.util.concurrent ConcurrentHashMap)
           (nlib.generation Generation Holder)
           (nlib.memory Addressed)
           (nlib.pointer Pointer)
           (nlib.record Place Struct)))

(set! *warn-on-reflection* true)

(definterface Reloading
  ;; Gives the generation before.
  (^nlib.generation.Generation replace [generation])
  ;; What has to be done after each reload.
  (^void onReload [work])
  (^Object reloadWork []))

(declare member)

;; `options` are those of its load, `functions` those that were asked for by name.
(deftype Library [options ^:volatile-mutable ^Generation generation ^ConcurrentHashMap functions work]
  Holder
  (current [_] generation)
  Reloading
  (replace [_ next] (let [before generation] (set! generation next) before))
  (onReload [_ one] (swap! work conj one) nil)
  (reloadWork [_] @work)
  java.io.Closeable
  (close [_] (when (.isLoaded generation) (generation/unload generation)))
  ILookup
  (valAt [this name] (member this name))
  (valAt [this name default]
    (try (member this name)
         (catch clojure.lang.ExceptionInfo failure
           (if (= :symbol (error/kind failure)) default (throw failure)))))
  IFn
  (invoke [this name] (member this name))
  (applyTo [this arguments] (AFn/applyToHelper this arguments)))

(defmethod print-method Library [^Library library ^java.io.Writer writer]
  (let [generation (.current library)]
    (.write writer (str "#nlib/library [" (.name generation)
                        (when-not (.isLoaded generation) ", unloaded") "]"))))

(defn library
  "A library of loaded code."
  ^Library [options generation]
  (Library. options generation (ConcurrentHashMap.) (atom [])))

(defn current
  "The code that a library has now; throws for what is no library."
  ^Generation [library]
  (if (instance? Holder library)
    (.current ^Holder library)
    (fail :argument (str (types/shown library) " is no library of nlib's"))))

;; ---- Names ------------------------------------------------------------------------------------------

(defn c-name
  "A name of C's or C++'s, which keywords and symbols write with `.` instead of `::`."
  [name]
  (cond
    (string? name) name
    (instance? clojure.lang.Named name) (string/replace (clojure.core/name name) "." "::")
    :else (fail :argument (str (types/shown name) " is no name"))))

(defn function
  "The function of this name: the same at each call."
  [^Library library name]
  (let [^ConcurrentHashMap functions (.functions library)]
    (or (.get functions name)
        (let [made (function/function library name nil)]
          (or (.putIfAbsent functions name made) made)))))

;; ---- Variables --------------------------------------------------------------------------------------

(defn- structure-of
  "The structure at a place, nil where there is something else."
  ^Struct [^Pointer place]
  (let [{:keys [kind record unsupported]} (types/type-of (.generation place) (.to place))]
    (when (and (= :record kind) (not unsupported))
      (record/at (.generation place) record (.address place) nil))))

(defn- with-fields
  "The structure at the place of a variable; throws where there is something else."
  ^Struct [name place]
  (or (structure-of place)
      (fail :type (str "the variable " name " is no structure: deref reads it, reset! writes it"))))

;; A variable of C's: it is read with deref and written with reset!, the fields of a structure also by keyword
;; and with put!. It follows a reload.
(deftype Variable [^Holder holder ^String name at]
  Addressed
  (address [_] (.address ^Addressed (at)))
  (pointee [_] (.pointee ^Addressed (at)))
  IDeref
  (deref [_] (.deref ^IDeref (at)))
  IAtom
  (reset [_ value] (.reset ^IAtom (at) value))
  (swap [_ function] (.swap ^IAtom (at) function))
  (swap [_ function a] (.swap ^IAtom (at) function a))
  (swap [_ function a b] (.swap ^IAtom (at) function a b))
  (swap [_ function a b more] (.swap ^IAtom (at) function a b more))
  (compareAndSet [_ old new] (.compareAndSet ^IAtom (at) old new))
  ILookup
  (valAt [this key] (.getField this key))
  (valAt [this key default] (if-let [found (structure-of (at))] (.valAt found key default) default))
  Place
  (getField [_ key] (.getField (with-fields name (at)) key))
  (setField [_ key value] (.setField (with-fields name (at)) key value)))

(defmethod print-method Variable [^Variable variable ^java.io.Writer writer]
  (.write writer (str "#nlib/variable " (pr-str (.name variable)))))

(prefer-method print-method Variable IDeref)

(defn- place-of [generation name]
  (interface/memoized generation [:variable name]
                      #(let [{:keys [symbol type thread-local]} (interface/one generation "variable" name)]
                         (when thread-local
                           (fail :unsupported (str name " is thread-local: each thread has its own, which only "
                                                   "C code finds")))
                         (Pointer. (generation/interface-address generation symbol) type generation nil nil))))

(defn variable
  "A variable of a library."
  [^Holder holder name]
  (Variable. holder name #(let [generation (.current holder)]
                            (generation/alive generation)
                            (place-of generation name))))

;; ---- Constants --------------------------------------------------------------------------------------

(defn- constant-of-type [generation type value]
  (let [canonical (types/canonical generation type)]
    (case (:kind canonical)
      "record" (zipmap (map :key (.fields (layout/shape generation (:name canonical))))
                       (map (fn [{:keys [type]} value] (constant-of-type generation type value))
                            (:fields (layout/description generation (:name canonical)))
                            value))
      "array" (if (string? value) value (mapv #(constant-of-type generation (:of canonical) %) value))
      "pointer" (if (and (string? value) (= "character" (:kind (types/canonical generation (:to canonical)))))
                  value
                  (let [address (interface/number {:kind "integer"} value)]
                    (when-not (zero? address)
                      (Pointer. (unchecked-long address) (:to canonical) nil nil nil))))
      "character" (let [code (long value)] (if (<= 0 code 0xffff) (char code) code))
      "enum" ((:from-raw (types/type-of generation canonical)) (long (interface/number {:kind "integer"} value)))
      (interface/number canonical value))))

;; ---- Members ----------------------------------------------------------------------------------------

(def ^:private precedence
  {"function" 0, "variable" 1, "constant" 2, "enumerator" 3, "record" 4, "enum" 5, "typedef" 6})

(defn member-of-item
  "What an item of the interface is in Clojure."
  [library {:keys [item name type value] :as found}]
  (let [generation (current library)]
    (case item
      "function" (function library name)
      "variable" (variable library name)
      "constant" (constant-of-type generation type value)
      "enumerator" (interface/number {:kind "integer"} value)
      "record" (object/constructor library name)
      "typedef" (if (layout/record-typedef? generation name) (object/constructor library name) (dissoc found :item))
      "enum" (dissoc found :item))))

(defn- read-interface [generation name]
  (try (interface/items generation name)
       (catch clojure.lang.ExceptionInfo failure
         (if (= :compile (error/kind failure))
           (fail :compile (str (ex-message failure) "\nThe header cannot be read, so " name " is only known by its "
                               "symbol. Correct the header, or give the types: (function library \"" name
                               "\" [:int] :int)")
                 (ex-data failure))
           (throw failure)))))

(defn member
  "A member of a library by name: a function, a variable (deref it), the value of a constant or enumerator, a
  function that makes a structure."
  [library name]
  (let [name (c-name name)
        items (read-interface (current library) name)]
    (member-of-item library (first (sort-by (comp precedence :item) items)))))
