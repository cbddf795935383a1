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

(defn- record-fields [generation name ^long start union]
  (let [record (description generation name)]
    (concat (mapcat (fn [{:keys [name offset]}]
                      (when offset (record-fields generation name (+ start (long offset)) union)))
                    (:bases record))
            (own-fields generation record start union))))

(defn fields
  "The fields of a record in order, those of its bases and of what is unnamed in it among them."
  [generation name]
  (interface/memoized generation [:fields name] #(vec (record-fields generation name 0 nil))))

(defn- by-key [generation name]
  (interface/memoized generation [:fields-by-key name]
                      #(into {} (map (juxt :key identity)) (fields generation name))))

(defn field
  "The field of a key, or nil."
  ^Field [generation name key]
  (get (by-key generation name) key))

(defn no-field
  "Throws that a record has no such field."
  [generation name key]
  (let [known (map :key (fields generation name))]
    (fail :type (str name " has no field " (pr-str key)
                     (if (seq known)
                       (str ". It has " (string/join ", " (take 30 known)) ".")
                       ", nor any other that is public."))
          {:nlib/type name :nlib/near (vec known)})))

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
  (if signed
    (<= (- (bit-shift-left 1 (dec width))) raw (dec (bit-shift-left 1 (dec width))))
    (or (= width 64) (zero? (unsigned-bit-shift-right raw width)))))

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
  [generation name start]
  (persistent!
   (reduce (fn [made ^Field field]
             (if (:unsupported @(.type field))
               made
               (assoc! made (.key field) (read-field field start))))
           (transient {})
           (fields generation name))))

(defn read-shallow
  "As read-map, with pointers to text as pointers and without arrays: nothing outside the record is read."
  [generation name start]
  (into {}
        (keep (fn [^Field field]
                (let [type @(.type field)
                      at (+ (long start) (.offset field))]
                  (case (:kind type)
                    :record (when-not (:unsupported type)
                              [(.key field) (read-shallow generation (:record type) at)])
                    :array nil
                    (when-not (:unsupported type)
                      [(.key field) (if-let [read (:read-pointer type)] (read at) (read-field field start))])))))
        (fields generation name)))

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

(defn- as-map [generation name value]
  (cond
    (map? value) value
    (sequential? value)
    (let [keys (map :key (fields generation name))]
      (when (< (count keys) (count value))
        (types/mismatch name value (str "it has " (count keys) " fields")))
      (zipmap keys value))
    :else (types/mismatch name value "it is a map of its fields")))

(defn write-map
  "Writes the fields that a map has."
  [generation name value start keeper]
  (let [written (mapv (fn [[key given]]
                        (let [key (if (string? key) (keyword key) key)
                              field (or (field generation name key) (no-field generation name key))]
                          (write-field name field given start keeper)
                          [field given]))
                      (as-map generation name value))]
    (check-unions name written start)))

;; ---- Layouts for calls ------------------------------------------------------------------------------

(declare abi-of)

(defn abi-layout
  "The layout of a record for the platform. Where bit-fields are, it has bytes."
  [generation name]
  (let [{:keys [kind size alignment fields]} (description generation name)
        typed (for [{:keys [type offset bits]} fields :when (not bits)]
                [(long offset) (types/type-of generation type)])
        covered (set (mapcat (fn [[offset type]] (range offset (+ (long offset) (long (:size type))))) typed))
        touched (fn [{:keys [offset width]}]
                  (range (quot (long offset) 8) (inc (quot (+ (long offset) (dec (long width))) 8))))
        of-bits (for [at (distinct (mapcat touched (keep :bits fields))) :when (not (covered at))]
                  [at :i8])
        members (sort-by first (concat (for [[offset type] typed] [offset (abi-of generation type)])
                                       of-bits))]
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
