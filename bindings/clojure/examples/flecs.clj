;; Flecs: components, entities, and a system whose callback is a function of Clojure's.
;;
;;     clojure -cp /usr/share/java/jna.jar:src examples/flecs.clj

(ns examples.flecs
  (:require [nlib.core :as n]))

(def flecs (n/load-native-library "flecs"))
(n/import-library! flecs :as 'ecs :rename #(n/kebab-case (clojure.string/replace % #"^ecs_" "")))

(def world (ecs/init))

(defn component
  "A component of `size` bytes, made of floats."
  [name size]
  (ecs/component-init world {:entity (ecs/entity-init world {:name name :use_low_id true})
                             :type {:size size :alignment 4}}))

(def position (component "Position" 8))
(def velocity (component "Velocity" 8))

(defn entity [name & components]
  (let [made (ecs/entity-init world {:name name})]
    (doseq [[component x y] components]
      (ecs/set-id world made component 8 (float-array [x y])))
    made))

(defn pairs
  "The column of a system's iterator: x and y of each entity, one after the other."
  [it index]
  (n/cast-pointer flecs (ecs/field-w-size it 8 index) "float"))

(defn move
  "Runs once a frame for the entities that have both components."
  [it]
  (let [positions (pairs it 0)
        velocities (pairs it 1)]
    (dotimes [i (* 2 (:count it))]
      (n/put! positions i (+ (nth positions i) (* (nth velocities i) (:delta_time it)))))))

(ecs/system-init world
                 {:entity (ecs/entity-init world {:name "Move"
                                                  :add [(ecs/make-pair @ecs/EcsDependsOn @ecs/EcsOnUpdate)
                                                        @ecs/EcsOnUpdate
                                                        0]})
                  :query {:terms [{:id position} {:id velocity :inout :EcsIn}]}
                  :callback move})

(def entities
  [(entity "comet" [position 0 10] [velocity 4 -1])
   (entity "moon" [position 5 5] [velocity 0 2])
   (entity "star" [position 1 1])])

(dotimes [_ 10]
  (ecs/progress world 0.5))

(doseq [entity entities
        :let [at (n/cast-pointer flecs (ecs/get-id world entity position) "float")]]
  (println (format "%-5s at (%.1f, %.1f)" (ecs/get-name world entity) (nth at 0) (nth at 1))))

(ecs/fini world)
