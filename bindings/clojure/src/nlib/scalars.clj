(ns nlib.scalars
  "Values that fit a register: integers, floating point, bool, characters, enumerations.

  Unsigned values of 64 bits that a long cannot hold are BigInts. An integer may be given as a keyword, the
  name of an enumerator or constant of the library, or as a set of them, which are or-ed."
  (:require [clojure.string :as string]
            [nlib.error :refer [fail]]
            [nlib.interface :as interface]
            [nlib.platform :refer [platform]]
            [nlib.types :as types])
  (:import (java.math BigInteger)
           (nlib.platform Platform)))

(set! *warn-on-reflection* true)

(def ^:private ^Platform memory platform)

(def void
  "The type of no value."
  (types/->CType :void "void" 0 1 :void :void (fn [^long _address] nil) (fn [_value ^long _address _keeper] nil)
                 (fn [_value _frame] nil) (fn [_given] nil) (constantly 30)))

(defmethod types/make "void" [_generation _description] void)

;; ---- Whole numbers ----------------------------------------------------------------------------------

(defn- extend-bits
  "The value of the low bytes of a register."
  ^long [^long raw ^long size signed]
  (case size
    1 (if signed (unchecked-long (unchecked-byte raw)) (bit-and raw 0xff))
    2 (if signed (unchecked-long (unchecked-short raw)) (bit-and raw 0xffff))
    4 (if signed (unchecked-long (unchecked-int raw)) (bit-and raw 0xffffffff))
    raw))

(defn load-raw
  "The `size` bytes at an address as an integer."
  ^long [^long address ^long size signed]
  (extend-bits (case size
                 1 (.get8 memory address)
                 2 (.get16 memory address)
                 4 (.get32 memory address)
                 (.get64 memory address))
               size signed))

(defn store-raw
  "Writes the low `size` bytes of an integer."
  [^long raw ^long address ^long size]
  (case size
    1 (.set8 memory address raw)
    2 (.set16 memory address raw)
    4 (.set32 memory address raw)
    (.set64 memory address raw)))

(def ^:private abis {1 :i8 2 :i16 4 :i32 8 :i64})

(defn- whole
  "A CType of `size` bytes whose values `to-raw` makes into a long, perhaps throwing, and `from-raw` makes of
  one. `extra` are its other members."
  [{:keys [kind spelling size signed to-raw from-raw score]}]
  (let [size (long size)
        narrow? (< size 8)]
    (assoc (types/->CType kind spelling size size (if narrow? :i32 :i64) (abis size)
                          (fn [^long address] (from-raw (load-raw address size signed)))
                          (fn [value ^long address _keeper] (store-raw (to-raw value) address size))
                          (if narrow?
                            (fn [value _frame] (Integer/valueOf (unchecked-int (long (to-raw value)))))
                            (fn [value _frame] (Long/valueOf (long (to-raw value)))))
                          (fn [^Number given] (from-raw (extend-bits (.longValue given) size signed)))
                          score)
           ;; For bit-fields.
           :to-raw to-raw
           :from-raw from-raw
           :signed signed)))

(def ^:private two-to-64 18446744073709551616N)

(defn- fits? [value ^long size signed]
  (if signed
    (let [limit (if (= size 8) Long/MAX_VALUE (dec (bit-shift-left 1 (dec (* 8 size)))))]
      (<= (- -1 limit) value limit))
    (and (not (neg? value))
         (if (= size 8) (< value two-to-64) (< value (bit-shift-left 1 (* 8 size)))))))

(defn- range-text [^long size signed]
  (if signed
    (str "-2^" (dec (* 8 size)) " to 2^" (dec (* 8 size)) " - 1")
    (str "0 to 2^" (* 8 size) " - 1")))

(defn- named-integer [generation spelling keyword]
  (or (when generation
        (interface/integer-named generation (name keyword)))
      (types/mismatch spelling keyword "the library has no enumerator or constant of this name")))

(defn- or-ed
  "The members of a set, which `value-of` makes integers, as one."
  [value-of members]
  (reduce (fn [^BigInteger bits member] (.or bits (biginteger (value-of member)))) BigInteger/ZERO members))

(defn- integer-value
  "The integer that a value stands for."
  [generation spelling value]
  (cond
    (integer? value) value
    (keyword? value) (named-integer generation spelling value)
    (set? value) (or-ed #(integer-value generation spelling %) value)
    :else (types/mismatch spelling value)))

(defn- integer-score [size signed]
  (let [preference ({[4 true] 30 [8 true] 29 [4 false] 28 [8 false] 27} [size signed] 20)]
    (fn [value]
      (cond
        (integer? value) (if (fits? value size signed) preference 0)
        (or (keyword? value) (set? value)) 10
        :else 0))))

(defn- integer [generation {:keys [size signed] :as description}]
  (let [signed (boolean signed)
        spelling (types/spell description)
        checked (fn [value]
                  (let [value (integer-value generation spelling value)]
                    (if (fits? value size signed)
                      (unchecked-long (.longValue ^Number value))
                      (types/mismatch spelling value (str "it holds " (range-text size signed))))))]
    (whole {:kind :integer, :spelling spelling, :size size, :signed signed
            :to-raw (if (and signed (= size 4))
                      (fn [value]
                        (if (and (instance? Long value)
                                 (<= Integer/MIN_VALUE (long value) Integer/MAX_VALUE))
                          value
                          (checked value)))
                      checked)
            :from-raw (if (and (not signed) (= size 8))
                        (fn [^long raw] (if (neg? raw) (+ two-to-64 raw) raw))
                        (fn [^long raw] raw))
            :score (integer-score size signed)})))

(defmethod types/make "integer" [generation description]
  (if (< 8 (long (:size description)))
    (types/unsupported description "integers of 128 bits are beyond the Java platform's calls")
    (integer generation description)))

(defmethod types/make "bool" [_generation _description]
  (whole {:kind :bool, :spelling "bool", :size 1, :signed false
          :to-raw (fn [value] (if (boolean? value) (if value 1 0)
                                  (types/mismatch "bool" value "it is true or false")))
          :from-raw (fn [^long raw] (not (zero? raw)))
          :score (fn [value] (if (boolean? value) 30 0))}))

(defmethod types/make "character" [_generation {:keys [size] :as description}]
  (let [spelling (types/spell description)
        limit (case (long size) 1 0xff 2 0xffff 0x10ffff)]
    (whole {:kind :character, :spelling spelling, :size size, :signed false
            :to-raw (fn [value]
                      (let [code (cond (char? value) (long (int value))
                                       (integer? value) value
                                       :else (types/mismatch spelling value "it is a character or a number"))]
                        (if (<= (if (= size 1) -128 0) code limit)
                          (long code)
                          (types/mismatch spelling value "it does not fit; text of several bytes is a string"))))
            :from-raw (fn [^long raw] (if (<= raw 0xffff) (char raw) raw))
            :score (fn [value] (cond (char? value) 30, (integer? value) 5, :else 0))})))

;; ---- Enumerations -----------------------------------------------------------------------------------

(defn enumerator-keyword
  "An enumerator as people write it: without the namespaces and the scoped enumeration that it is in."
  [name]
  (keyword (subs name (let [found (string/last-index-of name "::")] (if found (+ 2 (long found)) 0)))))

(defn- enumeration-value [found spelling values generation value]
  (cond
    (integer? value) value
    (keyword? value) (or (values value)
                         (when generation (interface/integer-named generation (name value)))
                         (types/mismatch spelling value
                                         (->> (:values found)
                                              (map (comp enumerator-keyword :name))
                                              (take 12)
                                              (string/join ", ")
                                              (str "it has "))))
    (set? value) (or-ed #(enumeration-value found spelling values generation %) value)
    :else (types/mismatch spelling value "it is a keyword or a number")))

(defmethod types/make "enum" [generation description]
  (let [name (:name description)
        found (or (interface/one generation "enum" name)
                  (fail :symbol (str "there is no enumeration " name) {:nlib/type name}))
        underlying (types/type-of generation (types/canonical generation (:type found)))
        value-of (fn [enumerator] (interface/number {:kind "integer"} (:value enumerator)))
        values (into {} (map (juxt (comp enumerator-keyword :name) value-of)) (:values found))
        ;; Of several names for a value, the first.
        names (into {} (map (juxt value-of (comp enumerator-keyword :name))) (rseq (vec (:values found))))]
    (whole {:kind :enum, :spelling name, :size (:size underlying), :signed (:signed underlying)
            :to-raw (fn [value]
                      ((:to-raw underlying) (enumeration-value found name values generation value)))
            :from-raw (fn [^long raw] (let [value ((:from-raw underlying) raw)] (get names value value)))
            :score (fn [value]
                     (cond (and (keyword? value) (contains? values value)) 30
                           (set? value) 15
                           (integer? value) 10
                           :else 0))})))

;; ---- Floating point ---------------------------------------------------------------------------------

(defn- floating-value
  "A number as one of `size` bytes; infinite only where it was."
  ^double [spelling ^long size value]
  (let [wide (if (number? value) (double value) (double (types/mismatch spelling value)))
        made (if (= size 4) (double (unchecked-float wide)) wide)]
    (when (and (Double/isInfinite made) (not (and (float? value) (Double/isInfinite wide))))
      (types/mismatch spelling value "it is too large"))
    made))

(defn- floating [spelling ^long size]
  (let [checked #(floating-value spelling size %)]
    (types/->CType :float spelling size size (if (= size 4) :f32 :f64) (if (= size 4) :f32 :f64)
                   (if (= size 4)
                     (fn [^long address] (Float/valueOf (unchecked-float (.getFloat memory address))))
                     (fn [^long address] (.getDouble memory address)))
                   (if (= size 4)
                     (fn [value ^long address _keeper] (.setFloat memory address (double (checked value))))
                     (fn [value ^long address _keeper] (.setDouble memory address (double (checked value)))))
                   (if (= size 4)
                     (fn [value _frame] (Float/valueOf (unchecked-float (double (checked value)))))
                     (fn [value _frame] (Double/valueOf (double (checked value)))))
                   (if (= size 4)
                     (fn [^Number given] (Float/valueOf (.floatValue given)))
                     (fn [^Number given] (Double/valueOf (.doubleValue given))))
                   (fn [value]
                     (cond (float? value) (if (= size 8) 30 29)
                           (integer? value) (if (= size 8) 10 9)
                           (number? value) 20
                           :else 0)))))

(defmethod types/make "float" [_generation description]
  (let [size (long (:size description))]
    (if (or (= size 4) (= size 8))
      (floating (types/spell description) size)
      (types/unsupported description "the Java platform knows float and double only"))))
