(ns nlib.platform.ffm
  "The platform over java.lang.foreign, JDK 22 and later. To be loaded only there.

  Java prints a warning about restricted methods unless it is started with
  --enable-native-access=ALL-UNNAMED."
  (:import (clojure.lang IFn)
           (java.lang.foreign Arena FunctionDescriptor Linker Linker$Option MemoryLayout MemorySegment
                              SegmentAllocator StructLayout SymbolLookup ValueLayout)
           (java.lang.invoke MethodHandle MethodHandles MethodType)
           (java.nio.file Path)
           (java.util.concurrent ConcurrentHashMap)
           (nlib.platform Invoker Owned Platform)))

(set! *warn-on-reflection* true)

;; All of memory: its offsets are addresses.
(def ^:private ^MemorySegment everything (.reinterpret MemorySegment/NULL Long/MAX_VALUE))

(def ^:private ^Linker linker (Linker/nativeLinker))

(def ^:private scalars
  {:i8 ValueLayout/JAVA_BYTE :i16 ValueLayout/JAVA_SHORT :i32 ValueLayout/JAVA_INT
   :i64 ValueLayout/JAVA_LONG :f32 ValueLayout/JAVA_FLOAT :f64 ValueLayout/JAVA_DOUBLE})

(defn- layout-array ^"[Ljava.lang.foreign.MemoryLayout;" [layouts]
  (into-array MemoryLayout layouts))

(declare layout)

(defn- struct-layout
  "The members at their offsets, with padding between them and at the end."
  [^long size ^long alignment members]
  (loop [members members, at 0, made []]
    (if-let [[offset kind] (first members)]
      (let [^MemoryLayout member (layout kind)
            gap (- (long offset) at)]
        (recur (rest members) (+ (long offset) (.byteSize member))
               (cond-> made (pos? gap) (conj (MemoryLayout/paddingLayout gap)) true (conj member))))
      (let [^StructLayout made (MemoryLayout/structLayout
                                (layout-array (cond-> made
                                                (< at size) (conj (MemoryLayout/paddingLayout (- size at))))))]
        (.withByteAlignment made alignment)))))

(defn- layout ^MemoryLayout [kind]
  (if (keyword? kind)
    (scalars kind)
    (case (first kind)
      :struct (let [[_ size alignment members] kind] (struct-layout size alignment members))
      :union (let [[_ size alignment kinds] kind
                   largest (reduce max 0 (map #(.byteSize (layout %)) kinds))]
               (if (= size largest)
                 (MemoryLayout/unionLayout (layout-array (map layout kinds)))
                 (struct-layout size alignment
                                [[0 [:union largest alignment kinds]]])))
      :array (let [[_ length kind] kind] (MemoryLayout/sequenceLayout length (layout kind))))))

(defn- descriptor ^FunctionDescriptor [{:keys [arguments result]}]
  (let [arguments (layout-array (map layout arguments))]
    (if (= result :void)
      (FunctionDescriptor/ofVoid arguments)
      (FunctionDescriptor/of (layout result) arguments))))

(def ^:private objects (class (object-array 0)))
(def ^:private spread-type
  (MethodType/methodType Object MemorySegment (into-array Class [objects])))

(defn- record-size [kind]
  (when (vector? kind) (.byteSize (layout kind))))

(defn- segment ^MemorySegment [^long address ^long size]
  (.asSlice everything address size))

(defn- linked
  "A handle for calls of a signature that takes the function's address and all arguments in one array, as
  Clojure can call it."
  ^MethodHandle [{:keys [arguments fixed] :as signature}]
  (let [options (into-array Linker$Option
                            (when (and fixed (< (long fixed) (count arguments)))
                              [(Linker$Option/firstVariadicArg (int fixed))]))
        handle (.downcallHandle linker (descriptor signature) options)]
    (-> handle
        (.asSpreader ^Class objects (dec (.parameterCount (.type handle))))
        (.asType spread-type))))

;; Linking takes a good part of a millisecond, and signatures recur.
(def ^:private ^ConcurrentHashMap handles (ConcurrentHashMap.))

(defn- handle-at
  "A handle that calls what is at an address."
  ^MethodHandle [signature ^long address]
  (let [handle (or (.get handles signature)
                   (let [made (linked signature)]
                     (or (.putIfAbsent handles signature made) made)))]
    (.bindTo ^MethodHandle handle (MemorySegment/ofAddress address))))

(defn- invoker
  "Records among the arguments are given as addresses. For a result that is a record, the first argument is
  the address of the memory for it."
  [{:keys [arguments result] :as signature} ^long address]
  (let [^MethodHandle handle (handle-at signature address)
        result-size (record-size result)
        sizes (mapv record-size arguments)
        records (vec (keep-indexed (fn [index size] (when size [(if result-size (inc index) index) size])) sizes))]
    (if (and (nil? result-size) (empty? records))
      (reify Invoker
        (invoke [_ arguments] (.invokeExact handle arguments)))
      (reify Invoker
        (invoke [_ arguments]
          (doseq [[index size] records]
            (aset arguments index (segment (aget arguments index) size)))
          (when result-size
            (aset arguments 0 (SegmentAllocator/prefixAllocator (segment (aget arguments 0) result-size))))
          (let [given (.invokeExact handle arguments)]
            (when-not result-size given)))))))

(def ^:private ^MethodHandle call-function
  (.findVirtual (MethodHandles/publicLookup) IFn "invoke" (MethodType/methodType Object Object)))

(defn- callback
  "Records among the arguments reach `function` as addresses, and it gives a record as the address of one."
  [{:keys [arguments result] :as signature} function]
  (let [result-size (record-size result)
        function (if (or result-size (some vector? arguments))
                   (fn [^objects given]
                     (dotimes [index (alength given)]
                       (let [argument (aget given index)]
                         (when (instance? MemorySegment argument)
                           (aset given index (Long/valueOf (.address ^MemorySegment argument))))))
                     (let [value (function given)]
                       (if result-size (segment value result-size) value)))
                   function)
        descriptor (descriptor signature)
        target (-> (.bindTo call-function function)
                   (.asCollector ^Class objects (count arguments))
                   (.asType (.toMethodType descriptor)))
        arena (Arena/ofAuto)
        stub (.upcallStub linker target descriptor arena (into-array Linker$Option []))]
    (Owned. (.address stub) stub)))

(defn- array-layout ^ValueLayout [array]
  (condp instance? array
    (Class/forName "[B") ValueLayout/JAVA_BYTE
    (Class/forName "[S") ValueLayout/JAVA_SHORT_UNALIGNED
    (Class/forName "[I") ValueLayout/JAVA_INT_UNALIGNED
    (Class/forName "[J") ValueLayout/JAVA_LONG_UNALIGNED
    (Class/forName "[F") ValueLayout/JAVA_FLOAT_UNALIGNED
    (Class/forName "[D") ValueLayout/JAVA_DOUBLE_UNALIGNED))

(defn- length ^long [array] (java.lang.reflect.Array/getLength array))

(defn- of-system ^Invoker [^String name signature]
  (invoker signature (.address ^MemorySegment (.get (.find (.defaultLookup linker) name)))))

(defn- lookup ^SymbolLookup [^String library]
  (if (.contains library "/")
    (SymbolLookup/libraryLookup (Path/of library (into-array String [])) (Arena/global))
    (SymbolLookup/libraryLookup library (Arena/global))))

(defn platform
  "The platform."
  []
  (let [malloc (of-system "malloc" {:arguments [:i64] :result :i64})
        free (of-system "free" {:arguments [:i64] :result :void})]
    (reify Platform
      (label [_] "FFM")
      (passesRecords [_] true)
      (get8 [_ address] (long (.get everything ValueLayout/JAVA_BYTE address)))
      (get16 [_ address] (long (.get everything ValueLayout/JAVA_SHORT_UNALIGNED address)))
      (get32 [_ address] (long (.get everything ValueLayout/JAVA_INT_UNALIGNED address)))
      (get64 [_ address] (.get everything ValueLayout/JAVA_LONG_UNALIGNED address))
      (getFloat [_ address] (double (.get everything ValueLayout/JAVA_FLOAT_UNALIGNED address)))
      (getDouble [_ address] (.get everything ValueLayout/JAVA_DOUBLE_UNALIGNED address))
      (set8 [_ address value]
        (.set everything ValueLayout/JAVA_BYTE address (unchecked-byte value)))
      (set16 [_ address value]
        (.set everything ValueLayout/JAVA_SHORT_UNALIGNED address (unchecked-short value)))
      (set32 [_ address value]
        (.set everything ValueLayout/JAVA_INT_UNALIGNED address (unchecked-int value)))
      (set64 [_ address value]
        (.set everything ValueLayout/JAVA_LONG_UNALIGNED address value))
      (setFloat [_ address value]
        (.set everything ValueLayout/JAVA_FLOAT_UNALIGNED address (unchecked-float value)))
      (setDouble [_ address value]
        (.set everything ValueLayout/JAVA_DOUBLE_UNALIGNED address value))
      (getText [_ address] (.getString everything address))
      (getArray [_ address array]
        (MemorySegment/copy everything (array-layout array) address array 0 (int (length array))))
      (setArray [_ address array]
        (MemorySegment/copy array 0 everything (array-layout array) address (int (length array))))
      (zero [_ address size] (.fill ^MemorySegment (segment address size) (byte 0)))
      (copy [_ from to size] (MemorySegment/copy everything from everything to size))
      (malloc [_ size] (long (.invoke malloc (object-array [size]))))
      (free [_ address] (.invoke free (object-array [address])))
      (own [_ size alignment]
        (let [made (.allocate (Arena/ofAuto) (long (max 1 size)) (long (max 1 alignment)))]
          (Owned. (.address made) made)))
      (bufferAddress [_ buffer] (.address (MemorySegment/ofBuffer buffer)))
      (byteBuffer [_ owner address size]
        (let [^MemorySegment owner owner
              view (if owner
                     (.asSlice owner (- address (.address owner)) size)
                     (segment address size))]
          (.order (.asByteBuffer ^MemorySegment view) (java.nio.ByteOrder/nativeOrder))))
      (symbols [_ library]
        (let [symbols (lookup library)]
          (fn [^String name]
            (let [found (.find symbols name)]
              (when (.isPresent found) (.address ^MemorySegment (.get found)))))))
      (invoker [_ signature address] (invoker signature address))
      (callback [_ signature function] (callback signature function)))))
