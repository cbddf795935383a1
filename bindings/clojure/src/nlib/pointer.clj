(ns nlib.pointer
  "Pointers: what may be given for one, and what one that C gives becomes.

  Given may be nil, a Pointer, a Struct, a direct buffer (none of them copied), an array of primitives (copied,
  and copied back unless C promises not to change it), text, a map or a sequence (copied for the time of the
  call), an atom or volatile (its value goes in, what C leaves comes out), and a function where C expects one.
  C's become nil, text where they point to `char`, a Struct, a function, else a Pointer."
  (:require [nlib.error :refer [fail]]
            [nlib.generation :as generation]
            [nlib.interface :as interface]
            [nlib.memory :as memory]
            [nlib.platform :refer [platform]]
            [nlib.record :as record]
            [nlib.types :as types])
  (:import (clojure.lang Atom Counted IAtom IDeref ILookup Indexed Seqable Volatile)
           (java.nio Buffer ByteBuffer ByteOrder CharBuffer DoubleBuffer FloatBuffer IntBuffer LongBuffer ShortBuffer)
           (nlib.generation Generation)
           (nlib.memory Addressed Frame Keeper)
           (nlib.platform Platform)
           (nlib.record Place Struct)))

(set! *warn-on-reflection* true)

(def ^:private ^Platform memory platform)

;; ---- Pointer ----------------------------------------------------------------------------------------

(declare element place-at)

;; `to` describes what it points to, `length` says how many there are, when that is known. `owner` keeps the
;; memory; nil for memory of C's.
(deftype Pointer [^long at to ^Generation generation owner length]
  Addressed
  (address [_]
    (when (and generation (not owner)) (generation/alive generation))
    at)
  (pointee [_] to)
  Indexed
  (nth [this index] ((:read (element this)) (place-at this index)))
  (nth [this index default]
    (if (and length (not (< -1 index (long length)))) default (.nth this index)))
  Counted
  (count [_] (int (or length (fail :type "C does not say how many things this pointer leads to"))))
  Seqable
  (seq [this] (seq (map #(.nth this (int %)) (range (.count this)))))
  Iterable
  (iterator [this] (.iterator ^Iterable (mapv #(.nth this (int %)) (range (.count this)))))
  ILookup
  (valAt [this index] (.getField this index))
  (valAt [this index default] (if (int? index) (.nth this (int index) default) default))
  IDeref
  (deref [this] ((:read (element this)) (.address this)))
  IAtom
  (reset [this value]
    ((:write (element this)) value (.address this) (or owner generation))
    value)
  (swap [this function] (.reset this (function (.deref this))))
  (swap [this function a] (.reset this (function (.deref this) a)))
  (swap [this function a b] (.reset this (function (.deref this) a b)))
  (swap [this function a b more] (.reset this (apply function (.deref this) a b more)))
  (compareAndSet [_ _old _new]
    (fail :unsupported "C memory cannot be compared and set at once; use reset! or swap!"))
  Place
  (getField [this index] ((:read (element this)) (place-at this index)))
  (setField [this index value]
    ((:write (element this)) value (place-at this index) (or owner generation))
    nil)
  Object
  (equals [_ other] (and (instance? Pointer other) (= at (.at ^Pointer other))))
  (hashCode [_] (hash at)))

(defmethod print-method Pointer [^Pointer pointer ^java.io.Writer writer]
  (.write writer (str "#nlib/pointer [" (types/spell {:kind "pointer" :to (.to pointer)}) " 0x"
                      (Long/toHexString (.at pointer)) "]")))

(prefer-method print-method Pointer IDeref)

(defn element
  "The type of what a pointer points to; throws where its size is not known."
  [^Pointer pointer]
  (let [type (types/type-of (.generation pointer) (.to pointer))]
    (when (or (= :void (:kind type)) (:unsupported type))
      (fail :type (str (types/spell {:kind "pointer" :to (.to pointer)})
                       " does not say what is there. Give it a type with nlib.core/cast-pointer.")))
    type))

(defn place-at
  "The address so many elements after a pointer; throws where that is outside of what is known to be there."
  ^long [^Pointer pointer index]
  (when-not (int? index)
    (fail :type (str (types/spell {:kind "pointer" :to (.to pointer)}) " is indexed by number, not by "
                     (types/shown index) "; nlib.core/cast-pointer gives the structure that is there")))
  (let [index (long index), length (.length pointer)]
    (when (and length (not (< -1 index (long length))))
      (throw (IndexOutOfBoundsException. (str index " is not below " length))))
    (+ (.address pointer) (* index (long (:size (element pointer)))))))

;; ---- Whether a pointer fits -------------------------------------------------------------------------

(defn- record-offset [generation given wanted]
  (if (and given wanted) (record/base-offset generation given wanted) nil))

(declare same-signature?)

(defn- fit
  "What has to be added to the address of a `given` thing for it to be a `wanted` one; nil when it is none."
  [generation given wanted]
  (let [given (some->> given (types/canonical generation))
        wanted (types/canonical generation wanted)
        given-kind (:kind given "void")
        wanted-kind (:kind wanted)
        numeric? #{"integer" "character" "enum" "bool" "float"}]
    (cond
      (or (= "void" wanted-kind) (= "void" given-kind)) 0
      (= "array" given-kind) (fit generation (:of given) wanted)
      (and (= "record" given-kind) (= "record" wanted-kind))
      (record-offset generation (:name given) (:name wanted))
      (and (numeric? given-kind) (numeric? wanted-kind))
      (when (and (= (= "float" given-kind) (= "float" wanted-kind))
                 (= (:size (types/type-of generation given)) (:size (types/type-of generation wanted))))
        0)
      (and (#{"pointer" "reference"} given-kind) (#{"pointer" "reference"} wanted-kind))
      (when (fit generation (:to given) (:to wanted)) 0)
      (and (= "function" given-kind) (= "function" wanted-kind))
      (when (same-signature? generation given wanted) 0)
      (= given-kind wanted-kind) 0)))

(defn- same-signature?
  "Whether a function can be called as one of another type: with as many values, passed alike."
  [generation given wanted]
  (let [void? #(= "void" (:kind (types/canonical generation %)))
        alike? (fn [given wanted]
                 (and (= (void? given) (void? wanted)) (= 0 (fit generation given wanted))))]
    (and (= (boolean (:variadic given)) (boolean (:variadic wanted)))
         (= (count (:parameters given)) (count (:parameters wanted)))
         (alike? (:result given) (:result wanted))
         (every? true? (map #(alike? (:type %1) (:type %2)) (:parameters given) (:parameters wanted))))))

;; ---- What a field is given ---------------------------------------------------------------------------

(defn keeper-of
  "What keeps the memory of a pointer or Struct, or nil."
  [value]
  (condp instance? value
    Pointer (.owner ^Pointer value)
    Struct (.owner ^Struct value)
    nil))

(defn- keep-beyond-call
  "Has a keeper that lasts longer than a call keep what memory belongs to."
  [^Keeper keeper owner]
  (when-not (or (nil? owner) (identical? owner keeper) (instance? Frame keeper))
    (.hold keeper owner)))

;; ---- Host memory ------------------------------------------------------------------------------------

(defn- buffer-size [buffer]
  (condp instance? buffer
    ByteBuffer 1, ShortBuffer 2, CharBuffer 2, IntBuffer 4, FloatBuffer 4, LongBuffer 8, DoubleBuffer 8))

(def ^:private array-elements
  {(Class/forName "[B") [1 :whole], (Class/forName "[S") [2 :whole], (Class/forName "[I") [4 :whole]
   (Class/forName "[J") [8 :whole], (Class/forName "[F") [4 :float], (Class/forName "[D") [8 :float]})

(defn- element-form
  "The size of a pointee and whether it is floating; nil for void, which takes anything."
  [{:keys [kind size]}]
  (case kind
    (:integer :enum :bool :character :pointer) [size :whole]
    :float [size :float]
    :void nil
    [size :other]))

(defn- buffer-order [buffer]
  (condp instance? buffer
    ByteBuffer (.order ^ByteBuffer buffer), ShortBuffer (.order ^ShortBuffer buffer)
    CharBuffer (.order ^CharBuffer buffer), IntBuffer (.order ^IntBuffer buffer)
    FloatBuffer (.order ^FloatBuffer buffer), LongBuffer (.order ^LongBuffer buffer)
    DoubleBuffer (.order ^DoubleBuffer buffer)))

(defn- take-buffer
  "The order of bytes matters but where a ByteBuffer stands for bytes."
  [spelling form constant ^Buffer buffer ^Keeper keeper]
  (let [bytes? (instance? ByteBuffer buffer)]
    (when-not (.isDirect buffer)
      (types/mismatch spelling buffer "a buffer for C is direct (ByteBuffer/allocateDirect), or give its array"))
    (when (and form (not bytes?) (not= (buffer-size buffer) (first form)))
      (types/mismatch spelling buffer))
    (when (and (.isReadOnly buffer) (not constant))
      (types/mismatch spelling buffer "it is read-only, and C may write there"))
    (when-not (or (= (ByteOrder/nativeOrder) (buffer-order buffer))
                  (and bytes? (or (nil? form) (= 1 (first form)))))
      (types/mismatch spelling buffer (str "its bytes are not in the processor's order: make it of a buffer with "
                                           "(.order (ByteOrder/nativeOrder))")))
    (keep-beyond-call keeper buffer)
    (.bufferAddress memory buffer)))

(defn- take-array
  "Copies an array for the time of the call; back afterwards unless it is constant."
  [spelling form constant array ^Keeper keeper]
  (let [[size _ :as found] (array-elements (class array))]
    (when (and form (not= form found)) (types/mismatch spelling array))
    (let [length (java.lang.reflect.Array/getLength array)
          at (.claim keeper (max 1 (* (long size) length)) 16)]
      (when (pos? length)
        (.setArray memory at array)
        (when-not constant
          (if (instance? Frame keeper)
            (.after ^Frame keeper #(.getArray memory at array))
            (types/mismatch spelling array "a field keeps what it is given: use nlib.core/array"))))
      at)))

(defn- take-elements [type values ^Keeper keeper]
  (let [values (vec values)
        size (long (:size type))
        at (.claim keeper (max 1 (* size (count values))) (:alignment type))]
    (dotimes [index (count values)]
      ((:write type) (nth values index) (+ at (* size index)) keeper))
    at))

(defn- take-cell
  "An atom or volatile: its value, when it has one, goes in, and what is there afterwards comes out."
  [spelling type cell ^Keeper keeper]
  (when-not (instance? Frame keeper)
    (types/mismatch spelling cell "it can be given to a call only"))
  (let [at (.claim keeper (:size type) (:alignment type))]
    (when (some? @cell) ((:write type) @cell at keeper))
    (.after ^Frame keeper
            #(let [left ((:read type) at)]
               (if (instance? Volatile cell) (vreset! cell left) (reset! cell left))))
    at))

;; ---- The type ---------------------------------------------------------------------------------------

(defn- text-pointee? [{:keys [kind size]}]
  (and (#{:character :integer} kind) (= 1 size)))

(defn- take-text [spelling pointee constant text keeper]
  (if (or (text-pointee? pointee) (and constant (= :void (:kind pointee))))
    (memory/claim-text text keeper)
    (types/mismatch spelling text)))

(defn- refuse-text
  "Throws that an argument is no text: what C writes there would be lost, or overwrite what lies behind it."
  [spelling pointee text]
  (types/mismatch spelling text
                  (when (or (text-pointee? pointee) (= :void (:kind pointee)))
                    (str "C may write there: pass a buffer of the size that it needs, a byte-array or "
                         "nlib.core/array, or nlib.core/c-string, which is as long as the text"))))

(defn- take-address [generation spelling to value keeper]
  (let [given (.pointee ^Addressed value)
        offset (fit generation given to)]
    (when-not offset
      (types/mismatch spelling value (if (= "function" (:kind given))
                                       (str "it is " (types/spell {:kind "pointer" :to given}))
                                       "it points to something else")))
    (keep-beyond-call keeper (keeper-of value))
    (+ (.address ^Addressed value) (long offset))))

(defn- check-complete [spelling pointee value]
  (when (or (#{:void :function} (:kind pointee)) (:unsupported pointee))
    (types/mismatch spelling value (when-not (= :function (:kind pointee)) "the library does not say what is there"))))

(defn- address-for
  "A function that gives the address for a value of this package's or of Clojure's."
  [generation {:keys [to nullability kind rvalue] :as description}]
  (let [spelling (types/spell description)
        reference? (= kind "reference")
        constant (or rvalue (types/constant? generation to))
        needed? (or reference? (= nullability "nonnull"))
        pointee (delay (types/type-of generation to))]
    (fn [value keeper]
      (cond
        (nil? value) (if needed? (types/mismatch spelling value "it must not be null") 0)
        (instance? Addressed value) (take-address generation spelling to value keeper)
        (string? value) (take-text spelling @pointee constant value keeper)
        (instance? Buffer value) (take-buffer spelling (element-form @pointee) constant value keeper)
        (contains? array-elements (class value))
        (take-array spelling (element-form @pointee) constant value keeper)
        (and (= :function (:kind @pointee)) (or (fn? value) (var? value)))
        (.address ^Addressed ((:callback @pointee) value))
        (or (instance? Atom value) (instance? Volatile value))
        (do (check-complete spelling @pointee value)
            (take-cell spelling @pointee value keeper))
        (or (map? value) (and reference? constant))
        (do (check-complete spelling @pointee value)
            (take-elements @pointee [value] keeper))
        (sequential? value)
        (do (check-complete spelling @pointee value)
            (take-elements @pointee value keeper))
        :else (types/mismatch spelling value)))))

(defn- pointer-score [generation {:keys [to kind]}]
  (let [pointee (delay (types/type-of generation to))
        constant (types/constant? generation to)]
    (fn [value]
      (let [kind-there (:kind @pointee)]
        (cond
          (nil? value) (if (= kind "reference") 0 10)
          (instance? Addressed value) (let [offset (fit generation (.pointee ^Addressed value) to)]
                                        (cond (nil? offset) 0
                                              (= :void kind-there) 20
                                              (= 0 offset) 30
                                              :else 25))
          (string? value) (cond (not constant) 0
                                (text-pointee? @pointee) 30
                                (= :void kind-there) 5
                                :else 0)
          (instance? Buffer value) 20
          (contains? array-elements (class value))
          (let [form (element-form @pointee)]
            (cond (nil? form) 15, (= form (array-elements (class value))) 30, :else 0))
          (or (fn? value) (var? value)) (if (= :function kind-there) 30 0)
          (or (instance? Atom value) (instance? Volatile value)) 15
          (map? value) (if (= :record kind-there) ((:score @pointee) value) 0)
          (= kind "reference") ((:score @pointee) value)
          (sequential? value) (if (#{:void :function} kind-there) 0 15)
          :else 0)))))

(defn- plain [generation to at]
  (Pointer. at to generation nil nil))

(defn- value-at
  "What an address that C gives becomes, when it is not 0."
  [generation {:keys [to kind] :as _description}]
  (let [pointee (delay (types/type-of generation to))
        kind-of (delay (let [{:keys [kind size unsupported]} @pointee]
                         (cond unsupported :other
                               (and (= :character kind) (= 1 size)) :text
                               :else kind)))]
    (fn [^long at]
      (if (zero? at)
        nil
        (case @kind-of
          :text (if (= kind "pointer") (memory/text-at at) (plain generation to at))
          :record (record/at generation (:record @pointee) at nil)
          :function ((:callable @pointee) at)
          (plain generation to at))))))

(defn- pointer-type [generation description]
  (let [address (address-for generation description)
        value (value-at generation description)
        to (:to description)
        spelling (types/spell description)
        constant (types/constant? generation to)
        pointee (delay (types/type-of generation to))
        pointer-of (fn [given] (when-not (zero? (long given)) (plain generation to (long given))))]
    (assoc (types/->CType :pointer spelling 8 8 :i64 :i64
                          (fn [^long at] (value (.get64 memory at)))
                          (fn [given ^long at keeper] (.set64 memory at (long (address given keeper))))
                          (fn [given frame]
                            (when (and (string? given) (not constant)) (refuse-text spelling @pointee given))
                            (Long/valueOf (long (address given frame))))
                          (fn [given] (value (long given)))
                          (pointer-score generation description))
           :to to
           ;; Where text is not wanted: the pointer itself.
           :read-pointer (fn [^long at] (pointer-of (.get64 memory at)))
           :decode-pointer pointer-of
           ;; What a callback is given. Characters that are not constant may be a buffer for it to fill, which
           ;; need not hold text.
           :decode-argument (fn [given]
                              (if (and (not constant) (text-pointee? @pointee))
                                (pointer-of given)
                                (value (long given)))))))

(defmethod types/make "pointer" [generation description]
  (pointer-type generation description))

(defmethod types/make "reference" [generation description]
  (pointer-type generation description))

;; ---- What people do with pointers -------------------------------------------------------------------

(defn of
  "A pointer to memory that the program owns: `length` things of a type, all zero."
  [generation description length]
  (let [type (types/type-of generation description)]
    (when (or (= :void (:kind type)) (:unsupported type))
      (fail :type (str "there is no array of " (:spelling type))))
    (let [store (memory/store)
          at (.claim store (max 1 (* (long (:size type)) (long length))) (max 16 (long (:alignment type))))]
      (Pointer. at description generation store length))))

;; NULL, where nil is refused.
(def null (Pointer. 0 {:kind "void"} nil nil nil))

(defn checked
  "What is in memory of C's or for C; throws for what is not."
  ^Addressed [thing]
  (if (instance? Addressed thing)
    thing
    (fail :type (str (types/shown thing) " is no pointer, structure, function or callback"))))

(defn advance
  "C's pointer + index: the structure where one lies there, else a Pointer."
  [pointer index]
  (when-not (instance? Pointer pointer)
    (fail :type (str (types/shown pointer) " is no pointer or structure")))
  (let [^Pointer pointer pointer
        type (element pointer)]
    (if (= :record (:kind type))
      (record/at (.generation pointer) (:record type) (place-at pointer index) (.owner pointer))
      (Pointer. (+ (.address pointer) (* (long (:size type)) (long index)))
                (.to pointer) (.generation pointer) (.owner pointer)
                (some-> (.length pointer) (- (long index)))))))

(defn read-text
  "The text at a pointer, up to its NUL byte or `size` bytes."
  ([pointer] (memory/text-at (.address (checked pointer))))
  ([pointer size]
   (let [bytes (byte-array size)]
     (.getArray memory (.address (checked pointer)) bytes)
     (String. bytes "UTF-8"))))
