(ns nlib.record
  "Records as values: maps where C passes them by value, and Struct, which is one in memory."
  (:require [clojure.string :as string]
            [nlib.error :refer [fail]]
            [nlib.generation :as generation]
            [nlib.interface :as interface]
            [nlib.layout :as layout]
            [nlib.memory :as memory]
            [nlib.platform :refer [platform]]
            [nlib.types :as types])
  (:import (clojure.lang AFn IAtom IDeref IFn ILookup)
           (java.util.concurrent.atomic AtomicBoolean)
           (nlib.generation Generation)
           (nlib.layout Field Shape)
           (nlib.memory Addressed Keeper)
           (nlib.platform Platform)))

(set! *warn-on-reflection* true)

(def ^:private ^Platform memory platform)

;; ---- Struct -----------------------------------------------------------------------------------------

(definterface Place
  (^Object getField [key])
  (^void setField [key value]))

(declare view-field type-name)

(defn- known-field ^Field [shape key]
  (let [key (if (string? key) (keyword key) key)]
    (or (layout/field shape key) (layout/no-field shape key))))

;; A record in memory. `owner` keeps that memory; it is nil for memory of C's, which is there as long as C
;; says. `life` is shared by an object and the parts of it that were looked at: `open` is false after it was
;; closed, and `end` is what has to be done then, or nil.
(deftype Life [^AtomicBoolean open end])

(deftype Struct [^long at ^Shape shape ^Generation generation ^Keeper owner ^Life life]
  Addressed
  (address [_]
    (when-not (.get ^AtomicBoolean (.open life))
      (fail :closed (str "this " (.name shape) " was closed") {:nlib/type (.name shape)}))
    (when-not owner (generation/alive generation))
    at)
  (pointee [_] {:kind "record" :name (.name shape)})
  Place
  (getField [this key] (view-field this key))
  (setField [this key value]
    (layout/write-field (.name shape) (known-field shape key) value (.address this) (or owner generation))
    nil)
  ILookup
  (valAt [this key] (view-field this key))
  (valAt [this key default]
    (if (layout/field shape key) (view-field this key) default))
  IFn
  (invoke [this key] (view-field this key))
  (applyTo [this arguments] (AFn/applyToHelper this arguments))
  IDeref
  (deref [this] (layout/read-map shape (.address this)))
  IAtom
  (reset [this value]
    (layout/write-map shape value (.address this) (or owner generation))
    value)
  (swap [this function] (.reset this (function (.deref this))))
  (swap [this function a] (.reset this (function (.deref this) a)))
  (swap [this function a b] (.reset this (function (.deref this) a b)))
  (swap [this function a b more] (.reset this (apply function (.deref this) a b more)))
  (compareAndSet [_ _old _new]
    (fail :unsupported "C memory cannot be compared and set at once; use reset! or swap!"))
  java.io.Closeable
  (close [_]
    (when (.compareAndSet ^AtomicBoolean (.open life) true false)
      (when-let [end (.end life)] (end at))))
  Object
  (equals [_ other]
    (and (instance? Struct other) (= at (.at ^Struct other)) (= (.name shape) (type-name other))))
  (hashCode [_] (hash [at (.name shape)])))

(defn type-name
  "The name of a record's type."
  [^Struct struct]
  (.name ^Shape (.shape struct)))

(defn at
  "The record at an address, whose memory `owner` keeps; nil for memory of C's."
  ^Struct [generation name address owner]
  (Struct. address (layout/shape generation name) generation owner (Life. (AtomicBoolean. true) nil)))

(defn- part
  "A record inside another one, with which its life ends."
  [^Struct whole name at]
  (let [generation (.generation whole)]
    (Struct. at (layout/shape generation name) generation (.owner whole) (.life whole))))

(defn- view-field [^Struct struct key]
  (let [^Field field (known-field (.shape struct) key)
        type @(.type field)
        start (.address struct)
        at (+ start (.offset field))]
    (case (:kind type)
      :record (part struct (:record type) at)
      :array (if-let [name (:record (:element type))]
               (let [size (long (:size (:element type)))]
                 (mapv #(part struct name (+ at (* size (long %)))) (range (:length type))))
               (layout/read-field field start))
      (layout/read-field field start))))

;; ---- Printing ---------------------------------------------------------------------------------------

(def ^:dynamic ^:private *inside*
  "Whether a record is being printed: those that it leads to are shown by their address."
  false)

(defmethod print-method Struct [^Struct struct ^java.io.Writer writer]
  (.write writer (str "#nlib/struct [" (type-name struct) " 0x" (Long/toHexString (.at struct))))
  (let [usable (and (.get ^AtomicBoolean (.open ^Life (.life struct)))
                    (or (.owner struct) (.isLoaded ^Generation (.generation struct))))]
    (cond
      (not usable) (.write writer " closed")
      ;; C's memory may be gone.
      (and (.owner struct) (not *inside*) (seq (.fields ^Shape (.shape struct))))
      (binding [*inside* true]
        (.write writer " ")
        (print-method @struct writer))))
  (.write writer "]"))

(prefer-method print-method Struct IDeref)

;; ---- Making -----------------------------------------------------------------------------------------

(defn complete
  "The description of a record whose content is known; throws for others."
  [generation name]
  (let [record (layout/description generation name)]
    (when (:opaque record)
      (fail :type (str name " is opaque: only the library makes and reads it") {:nlib/type name}))
    record))

(defn allocate
  "A record of zeros that the program owns. `end`, when it is not nil, is called with its address when it is
  closed."
  ^Struct [generation name end]
  (let [{:keys [size alignment]} (complete generation name)
        owner (memory/store)
        at (.claim owner size alignment)]
    (Struct. at (layout/shape generation name) generation owner (Life. (AtomicBoolean. true) end))))

;; ---- Kinship of classes -----------------------------------------------------------------------------

(defn base-offset
  "How far into `name` its base `base` lies; 0 for itself, nil where it is none."
  [generation name base]
  (if (= name base)
    0
    (some (fn [{within :name offset :offset}]
            (when offset
              (when-let [further (base-offset generation within base)]
                (+ (long offset) (long further)))))
          (:bases (interface/one generation "record" name)))))

;; ---- The type ---------------------------------------------------------------------------------------

(defn write-value
  "Writes a record as a map, or as a copy of a Struct, whose texts the keeper then keeps too."
  [generation name size trivial value at ^Keeper keeper]
  (cond
    (instance? Struct value)
    (let [offset (base-offset generation (type-name value) name)]
      (when-not offset (types/mismatch name value))
      (when-not trivial
        (types/mismatch name value "its class copies it itself; nlib cannot"))
      (.copy memory (+ (.address ^Struct value) (long offset)) at size)
      (when-let [owner (.owner ^Struct value)]
        (when-not (identical? owner keeper) (.hold keeper owner))))
    (not trivial) (types/mismatch name value "make one with nlib.core/make")
    :else (layout/write-map (layout/shape generation name) value at keeper)))

(defn- record-type [generation name {:keys [size alignment trivial]}]
  (let [shape (delay (layout/shape generation name))
        write (fn [value ^long at keeper]
                (if (and trivial (map? value))
                  (layout/write-map @shape value at keeper)
                  (write-value generation name size trivial value at keeper)))
        read (fn [^long at] (layout/read-map @shape at))]
    (assoc (types/->CType :record name size alignment :record :record
                          read
                          write
                          (fn [value ^Keeper frame]
                            (let [at (.claim frame size alignment)]
                              (write value at frame)
                              at))
                          (fn [given] (read (long given)))
                          (fn [value]
                            (cond
                              (instance? Struct value)
                              (if (base-offset generation (type-name value) name) 30 0)
                              (map? value) (if (every? #(layout/field @shape %) (keys value)) 20 0)
                              (sequential? value) 10
                              :else 0)))
           :record name
           :trivial trivial)))

(defmethod types/make "record" [generation description]
  (let [name (:name description)
        record (layout/description generation name)]
    (if (:opaque record)
      (assoc (types/unsupported description "it is opaque; there are only pointers to it")
             :kind :record :record name :opaque true)
      (record-type generation name record))))

;; ---- Arrays in records ------------------------------------------------------------------------------

(defn- text-of
  "The text in an array of chars, up to a NUL byte."
  [^long at ^long length]
  (let [bytes (byte-array length)]
    (when (pos? length) (.getArray memory at bytes))
    (let [end (loop [index 0]
                (if (or (= index length) (zero? (aget bytes index))) index (recur (inc index))))]
      (String. bytes 0 (int end) "UTF-8"))))

(defn- write-text [spelling ^String value ^long at ^long length]
  (let [bytes (.getBytes value "UTF-8")]
    (when (< length (alength bytes)) (types/mismatch spelling value "it is too long"))
    (.zero memory at length)
    (when (pos? (alength bytes)) (.setArray memory at bytes))))

(defmethod types/make "array" [generation description]
  (let [element (types/type-of generation (:of description))
        length (long (:length description 0))
        size (long (:size element))
        spelling (types/spell description)
        text? (and (= :character (:kind element)) (= 1 size))
        read (fn [^long at]
               (if text?
                 (text-of at length)
                 (mapv #((:read element) (+ at (* size (long %)))) (range length))))
        write (fn [value ^long at keeper]
                (if (and text? (string? value))
                  (write-text spelling value at length)
                  (let [values (if (or (sequential? value) (and (some? value) (.isArray (class value))))
                                 (vec value)
                                 (types/mismatch spelling value "it is a sequence of its elements"))]
                    (when (< length (count values))
                      (types/mismatch spelling value (str "it holds " length)))
                    (dotimes [index (count values)]
                      ((:write element) (nth values index) (+ at (* size index)) keeper)))))
        refuse (fn [& _] (fail :unsupported (str spelling " cannot be passed by itself")))]
    (if (and (:unsupported element) (not= :record (:kind element)))
      (types/unsupported description (:unsupported element))
      (assoc (types/->CType :array spelling (* size length) (:alignment element) :array :array
                            read write refuse refuse (constantly 0))
             :element element
             :length length))))

(defn fields-text
  "The fields of a record for its documentation: a line for each."
  [generation name]
  (string/join "\n" (map (fn [^Field field]
                           (str "  " (.key field) "  " (:spelling @(.type field))
                                (when-let [text (.documentation field)] (str "  " text))))
                         (.fields (layout/shape generation name)))))
