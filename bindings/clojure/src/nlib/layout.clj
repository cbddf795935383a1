(ns nlib.layout
  "Records in memory: where their fields are, and maps of them.

  A map has the fields of unnamed structures and unions as its own. Of a union it has every member; written
  back, they have to agree, so that one that was changed is not lost to one that was not. Private fields are
  not in it. A vector may stand for a map: the values of the fields in order."
  (:require [clojure.string :as string]
            [nlib.error :refer [fail]]
            [nlib.interface :as interface]
            [nlib.memory]
            [nlib.platform :refer [platform]]
            [nlib.types :as types])
  (:import (nlib.memory Addressed)
           (nlib.platform Platform)))

(set! *warn-on-reflection* true)

(def ^:private ^Platform memory platform)

;; ---- Fields -----------------------------------------------------------------------------------------

;; `type` is a delay of a CType. `bits` are the :offset and :width of a bit-field, in bits from where
;; `offset` counts from. `union` is what the members of one union have in common, nil outside of unions.
(defrecord Field [key ^long offset type bits union documentation])

(defn- pointer-unread
  "The type of a union's member: what a pointer leads to is not read, as another member may be meant."
  [type]
  (if-let [unread (:read-pointer type)] (assoc type :read unread) type))

(declare record-fields)

(defn- own-fields [generation record ^long start union]
  (let [union (or union (when (= "union" (:kind record)) [(:name record) start]))]
    (mapcat
     (fn [{:keys [name type offset bits documentation private]}]
       (let [at (+ start (long offset))]
         (cond
           private nil
           (not (string/blank? name))
           [(->Field (keyword name) (if bits start at)
                     (delay (cond-> (types/type-of generation type) union pointer-unread))
                     bits union documentation)]
           (nil? bits)
           (let [canonical (types/canonical generation type)]
             (when (= "record" (:kind canonical))
               (record-fields generation (:name canonical) at union))))))
     (:fields record))))

(defn description
  "What the interface says of a record."
  [generation name]
  (or (interface/one generation "record" name)
      (fail :symbol (str "there is no structure " name) {:nlib/type name})))

(defn record-name
  "The name of the record that a name stands for: itself, or what typedefs lead to. As it is where there is
  none."
  [generation name]
  (if (interface/one generation "record" name)
    name
    (let [found (types/canonical generation {:kind "typedef" :name name})]
      (if (= "record" (:kind found)) (:name found) name))))

(defn record-typedef?
  "Whether a name is a typedef's that leads to a record of another name."
  [generation name]
  (not= name (record-name generation name)))

(defn- record-fields [generation name ^long start union]
  (let [record (description generation name)]
    (concat (mapcat (fn [{:keys [name offset]}]
                      (when offset (record-fields generation name (+ start (long offset)) union)))
                    (:bases record))
            (own-fields generation record start union))))

;; A record's fields in order, those of its bases and of what is unnamed in it among them, and by key.
;; `unions` says whether some of them share memory.
(deftype Shape [generation ^String name fields by-key unions])

(defn shape
  "The shape of a record."
  ^Shape [generation name]
  (interface/memoized generation [:shape name]
                      #(let [fields (vec (record-fields generation name 0 nil))]
                         (Shape. generation name fields
                                 (into {} (map (juxt :key identity)) fields)
                                 (boolean (some :union fields))))))

(defn field
  "The field of a key, or nil."
  ^Field [^Shape shape key]
  (get (.by-key shape) key))

(defn no-field
  "Throws that a record has no such field."
  [^Shape shape key]
  (let [known (map :key (.fields shape))]
    (fail :type (str (.name shape) " has no field " (pr-str key)
                     (if (seq known)
                       (str ". It has " (string/join ", " (take 30 known)) ".")
                       ", nor any other that is public."))
          {:nlib/type (.name shape) :nlib/near (vec known)})))

;; ---- Bit-fields -------------------------------------------------------------------------------------

(defn- read-bits
  "Byte by byte, as the record may end with the last of them."
  ^long [^long start {:keys [offset width]} signed]
  (let [offset (long offset), width (long width)]
    (loop [bit 0, value 0]
      (if (< bit width)
        (let [position (+ offset bit)
              within (rem position 8)
              count (min (- 8 within) (- width bit))
              byte (bit-and 0xff (.get8 memory (+ start (quot position 8))))
              part (bit-and (bit-shift-right byte within) (dec (bit-shift-left 1 count)))]
          (recur (+ bit count) (bit-or value (bit-shift-left part bit))))
        (if (and signed (< width 64) (bit-test value (dec width)))
          (bit-or value (bit-shift-left -1 width))
          value)))))

(defn- write-bits [^long value ^long start {:keys [offset width]}]
  (let [offset (long offset), width (long width)]
    (loop [bit 0]
      (when (< bit width)
        (let [position (+ offset bit)
              within (rem position 8)
              count (min (- 8 within) (- width bit))
              mask (dec (bit-shift-left 1 count))
              at (+ start (quot position 8))
              part (bit-and (unsigned-bit-shift-right value bit) mask)
              kept (bit-and (.get8 memory at) (bit-not (bit-shift-left mask within)))]
          (.set8 memory at (bit-or kept (bit-shift-left part within)))
          (recur (+ bit count)))))))

(defn- bits-fit? [^long raw ^long width signed]
  (cond
    (= width 64) true
    signed (<= (- (bit-shift-left 1 (dec width))) raw (dec (bit-shift-left 1 (dec width))))
    :else (zero? (unsigned-bit-shift-right raw width))))

;; ---- Values of fields -------------------------------------------------------------------------------

(defn read-field
  "The value of a field of the record at an address."
  [^Field field ^long start]
  (let [type @(.type field)
        at (+ start (.offset field))]
    (if-let [bits (.bits field)]
      ((:from-raw type) (read-bits at bits (:signed type)))
      ((:read type) at))))

(defn write-field
  "Writes a field of the record at an address."
  [name ^Field field value start keeper]
  (let [type @(.type field)
        at (+ (long start) (.offset field))]
    (try
      (if-let [bits (.bits field)]
        (let [raw ((:to-raw type) value)]
          (when-not (bits-fit? raw (:width bits) (:signed type))
            (types/mismatch (str (:spelling type) " of " (:width bits) " bits") value))
          (write-bits raw at bits))
        ((:write type) value at keeper))
      (catch clojure.lang.ExceptionInfo failure
        (let [data (ex-data failure)]
          (if (and (= :type (:nlib/kind data)) (not (:nlib/field data)))
            (throw (ex-info (str name ", field " (:key field) ": " (ex-message failure))
                            (assoc data :nlib/field (:key field))))
            (throw failure)))))))

;; ---- Maps -------------------------------------------------------------------------------------------

(defn read-map
  "The record at an address as a map, nested records as maps too."
  [^Shape shape start]
  (persistent!
   (reduce (fn [made ^Field field]
             (if (:unsupported @(.type field))
               made
               (assoc! made (.key field) (read-field field start))))
           (transient {})
           (.fields shape))))

(defn- same? [a b]
  (or (= a b)
      (and (number? a) (number? b)
           (or (== a b) (and (Double/isNaN (double a)) (Double/isNaN (double b)))))
      ;; A pointer that was given as text, a map or a function is the only one of its union.
      (and (instance? Addressed a) (instance? Addressed b)
           (= (.address ^Addressed a) (.address ^Addressed b)))))

(defn- check-unions
  "After several members of one union were written: they have to be what was given."
  [name written start]
  (doseq [[union members] (group-by #(.union ^Field (first %)) written)
          :when (and union (next members))
          [^Field field value] members]
    (when-not (same? value (read-field field start))
      (fail :type (str name ": the members " (string/join ", " (map #(.key ^Field (first %)) members))
                       " share one memory and do not agree. Leave all but one away (dissoc).")
            {:nlib/type name :nlib/field (.key field)}))))

(defn- as-map [^Shape shape value]
  (cond
    (map? value) value
    (sequential? value)
    (let [keys (map :key (.fields shape))]
      (when (< (count keys) (count value))
        (types/mismatch (.name shape) value (str "it has " (count keys) " fields")))
      (zipmap keys value))
    :else (types/mismatch (.name shape) value "it is a map of its fields")))

(defn write-map
  "Writes the fields that a map has."
  [^Shape shape value start keeper]
  (let [find-field (fn [key]
                     (let [key (if (string? key) (keyword key) key)]
                       (or (field shape key) (no-field shape key))))
        value (as-map shape value)]
    (reduce-kv (fn [_ key given] (write-field (.name shape) (find-field key) given start keeper)) nil value)
    (when (.unions shape)
      (check-unions (.name shape) (for [[key given] value] [(find-field key) given]) start))))

;; ---- Layouts for calls ------------------------------------------------------------------------------

(declare abi-of)

(defn- units
  "Where bit-fields are: the units of their types that lie apart from other fields and within the record, as
  offset and kind."
  [generation {:keys [size fields]} covered]
  (let [of-field (fn [{:keys [type bits]}]
                   (let [unit (long (:size (types/type-of generation type)))
                         start (* unit (quot (long (:offset bits)) (* 8 unit)))]
                     [start unit]))
        free? (fn [[start unit]]
                (and (<= (+ (long start) (long unit)) (long size))
                     (not-any? covered (range start (+ (long start) (long unit))))))]
    (loop [wanted (sort-by (comp - second) (distinct (map of-field (filter :bits fields)))), taken #{}, made []]
      (if-let [[start unit :as next] (first wanted)]
        (let [bytes (range start (+ (long start) (long unit)))]
          (if (and (free? next) (not-any? taken bytes))
            (recur (rest wanted) (into taken bytes) (conj made [start ({1 :i8 2 :i16 4 :i32 8 :i64} unit)]))
            (recur (rest wanted) taken made)))
        (concat made
                (for [at (distinct (mapcat (fn [{:keys [offset width]}]
                                             (range (quot (long offset) 8)
                                                    (inc (quot (+ (long offset) (dec (long width))) 8))))
                                           (keep :bits fields)))
                      :when (not (or (covered at) (taken at)))]
                  [at :i8]))))))

(defn abi-layout
  "The layout of a record for the platform."
  [generation name]
  (let [{:keys [kind size alignment fields] :as record} (description generation name)
        typed (for [{:keys [type offset bits]} fields :when (not bits)]
                [(long offset) (types/type-of generation type)])
        covered (set (mapcat (fn [[offset type]] (range offset (+ (long offset) (long (:size type))))) typed))
        members (sort-by first (concat (for [[offset type] typed] [offset (abi-of generation type)])
                                       (units generation record covered)))]
    (if (= kind "union")
      [:union size alignment (mapv second members)]
      [:struct size alignment (vec members)])))

(defn abi-of
  "What the platform calls a type that is part of a record, or passed by value."
  [generation type]
  (case (:kind type)
    :record (interface/memoized generation [:abi-layout (:record type)]
                                #(abi-layout generation (:record type)))
    :array [:array (:length type) (abi-of generation (:element type))]
    (:result-abi type)))

(defn- alignment-of ^long [kind]
  (if (keyword? kind)
    (case kind :i8 1, :i16 2, (:i32 :f32) 4, 8)
    (case (first kind)
      :array (alignment-of (nth kind 2))
      (nth kind 2))))

(defn- natural?
  "Whether everything in a layout lies where its alignment allows it and is aligned as its members are, which
  the platform demands."
  [kind]
  (or (keyword? kind)
      (let [[form size alignment members] kind]
        (case form
          :array (natural? (nth kind 2))
          :union (and (pos? (long size)) (every? natural? members)
                      (= alignment (reduce max 1 (map alignment-of members))))
          :struct (and (pos? (long size))
                       (every? (fn [[offset member]]
                                 (and (natural? member) (zero? (rem (long offset) (alignment-of member)))))
                               members)
                       (= alignment (reduce max 1 (map (comp alignment-of second) members))))))))

(defn passable?
  "Whether the platform can pass a type: no record by value over JNA, no packed one over FFM."
  [generation type]
  (or (not= :record (:kind type))
      (and (.passesRecords memory)
           (not (:unsupported type))
           (natural? (abi-of generation type)))))
