(ns nlib.platform.jna
  "The platform over JNA. It cannot pass records by value but as subclasses of Structure; nlib's thunks take
  them by pointer instead."
  (:import (com.sun.jna CallbackProxy CallbackReference Function Memory Native NativeLibrary Pointer)
           (java.nio Buffer ByteBuffer ByteOrder CharBuffer DoubleBuffer FloatBuffer IntBuffer LongBuffer ShortBuffer)
           (nlib.platform Invoker Owned Platform)))

(set! *warn-on-reflection* true)

;; All of memory: its offsets are addresses.
(def ^:private ^Pointer everything (Pointer. 0))

(def ^:private classes
  {:void Void :i8 Byte :i16 Short :i32 Integer :i64 Long :f32 Float :f64 Double})

(def ^:private primitives
  {:void Void/TYPE :i8 Byte/TYPE :i16 Short/TYPE :i32 Integer/TYPE :i64 Long/TYPE
   :f32 Float/TYPE :f64 Double/TYPE})

(defn- call-flags
  "JNA counts up to three fixed arguments of a variadic call; where there are more, the call is made like
  any other, which is the same on x86-64 and on 64-bit ARM under Linux."
  [{:keys [fixed]}]
  (if (and fixed (<= 1 (long fixed) 3)) (bit-shift-left (long fixed) 7) Function/C_CONVENTION))

(defn- invoker [signature ^long address]
  (let [function (Function/getFunction (Pointer. address) (int (call-flags signature)))
        ^Class result (classes (:result signature))]
    (reify Invoker
      (invoke [_ arguments] (.invoke function result arguments)))))

(defn- callback [{:keys [arguments result]} function]
  (let [parameters (into-array Class (map primitives arguments))
        returned (primitives result)
        proxy (reify CallbackProxy
                (callback [_ arguments] (function arguments))
                (getParameterTypes [_] parameters)
                (getReturnType [_] returned))]
    (Owned. (Pointer/nativeValue (CallbackReference/getFunctionPointer proxy)) proxy)))

(defn- get-array [^long address array]
  (condp instance? array
    (Class/forName "[B") (.read everything address ^bytes array 0 (alength ^bytes array))
    (Class/forName "[S") (.read everything address ^shorts array 0 (alength ^shorts array))
    (Class/forName "[I") (.read everything address ^ints array 0 (alength ^ints array))
    (Class/forName "[J") (.read everything address ^longs array 0 (alength ^longs array))
    (Class/forName "[F") (.read everything address ^floats array 0 (alength ^floats array))
    (Class/forName "[D") (.read everything address ^doubles array 0 (alength ^doubles array))))

(defn- set-array [^long address array]
  (condp instance? array
    (Class/forName "[B") (.write everything address ^bytes array 0 (alength ^bytes array))
    (Class/forName "[S") (.write everything address ^shorts array 0 (alength ^shorts array))
    (Class/forName "[I") (.write everything address ^ints array 0 (alength ^ints array))
    (Class/forName "[J") (.write everything address ^longs array 0 (alength ^longs array))
    (Class/forName "[F") (.write everything address ^floats array 0 (alength ^floats array))
    (Class/forName "[D") (.write everything address ^doubles array 0 (alength ^doubles array))))

(defn- element-size ^long [buffer]
  (condp instance? buffer
    ByteBuffer 1, ShortBuffer 2, CharBuffer 2, IntBuffer 4, FloatBuffer 4, LongBuffer 8, DoubleBuffer 8))

(defn- copy [^long from ^long to ^long size]
  (let [bytes (byte-array size)]
    (get-array from bytes)
    (set-array to bytes)))

;; From this size on memory is counted by the Java platform, which has the collector run when there is much of
;; it; of Memory it knows nothing.
(def ^:private ^:const counted-size 65536)

(defn- own-counted
  "A direct buffer of zeros, nil where the Java platform gives none of that size."
  ^ByteBuffer [^long size]
  (when (<= counted-size size Integer/MAX_VALUE)
    (try (ByteBuffer/allocateDirect size)
         (catch OutOfMemoryError _ nil))))

(defn- start-of ^long [memory]
  (Pointer/nativeValue (if (instance? ByteBuffer memory) (Native/getDirectBufferPointer memory) memory)))

(defn- own [^long size ^long alignment]
  ;; malloc aligns to 16 bytes.
  (let [size (+ (max 1 size) (if (> alignment 16) alignment 0))
        memory (or (own-counted size) (doto (Memory. size) .clear))
        start (start-of memory)
        over (rem start (max 1 alignment))]
    (Owned. (if (zero? over) start (+ start (- alignment over))) memory)))

(defn- view
  "A buffer of part of what `own` gave, which lives as long as the buffer does."
  ^ByteBuffer [memory ^long address ^long size]
  (let [offset (- address (start-of memory))]
    (if (instance? ByteBuffer memory)
      (-> (.duplicate ^ByteBuffer memory)
          (.limit (int (+ offset size)))
          (.position (int offset))
          .slice
          (.order (ByteOrder/nativeOrder)))
      (.getByteBuffer ^Memory memory offset size))))

(defn platform
  "The platform."
  []
  (reify Platform
    (label [_] "JNA")
    (passesRecords [_] false)
    (get8 [_ address] (long (.getByte everything address)))
    (get16 [_ address] (long (.getShort everything address)))
    (get32 [_ address] (long (.getInt everything address)))
    (get64 [_ address] (.getLong everything address))
    (getFloat [_ address] (double (.getFloat everything address)))
    (getDouble [_ address] (.getDouble everything address))
    (set8 [_ address value] (.setByte everything address (unchecked-byte value)))
    (set16 [_ address value] (.setShort everything address (unchecked-short value)))
    (set32 [_ address value] (.setInt everything address (unchecked-int value)))
    (set64 [_ address value] (.setLong everything address value))
    (setFloat [_ address value] (.setFloat everything address (unchecked-float value)))
    (setDouble [_ address value] (.setDouble everything address value))
    (getText [_ address] (.getString everything address "UTF-8"))
    (getArray [_ address array] (get-array address array))
    (setArray [_ address array] (set-array address array))
    (zero [_ address size] (.setMemory everything address size (byte 0)))
    (copy [_ from to size] (copy from to size))
    (malloc [_ size] (Native/malloc size))
    (free [_ address] (Native/free address))
    (own [_ size alignment] (own size alignment))
    (bufferAddress [_ buffer]
      (+ (Pointer/nativeValue (Native/getDirectBufferPointer buffer))
         (* (.position ^Buffer buffer) (element-size buffer))))
    (byteBuffer [_ owner address size]
      (if owner
        (view owner address size)
        (.getByteBuffer (Pointer. address) 0 size)))
    (symbols [_ library]
      (let [library (NativeLibrary/getInstance library)]
        (fn [^String name]
          (try (Pointer/nativeValue (.getGlobalVariableAddress library name))
               (catch UnsatisfiedLinkError _ nil)))))
    (invoker [_ signature address] (invoker signature address))
    (callback [_ signature function] (callback signature function))))
